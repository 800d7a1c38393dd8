//! The rpcs: translate, call one use case, translate back.

use contracts::participation as pb;
use contracts::participation::participation_server::Participation as ParticipationRpcs;
use link::{fault, refuse, refuse_with};
use tonic::{Code, Request, Response, Status};
use uow::UnusableKey;

use super::convert;
use crate::application::approve_participation::approve_participation;
use crate::application::reject_participation::reject_participation;
use crate::application::request_participation::{RequestParticipationError, request_participation};
use crate::application::withdraw_participation::withdraw_participation;
use crate::application::{App, DecisionError, queries};
use crate::domain::{Participation, Refusal};

/// The `Participation` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

#[tonic::async_trait]
impl ParticipationRpcs for Rpcs {
    async fn request_participation(
        &self,
        request: Request<pb::RequestParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, cmd) = convert::request(request.into_inner())?;
        Ok(reply(
            request_participation(&self.app, &actor, key, cmd).await?,
        ))
    }

    async fn approve_participation(
        &self,
        request: Request<pb::ApproveParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ApproveParticipationRequest {
            idempotency_key,
            participation_id,
        } = request.into_inner();
        let id = link::read(&participation_id, "participation_id")?;
        Ok(reply(
            approve_participation(&self.app, &actor, idempotency_key, id).await?,
        ))
    }

    async fn reject_participation(
        &self,
        request: Request<pb::RejectParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::RejectParticipationRequest {
            idempotency_key,
            participation_id,
            reason,
        } = request.into_inner();
        let id = link::read(&participation_id, "participation_id")?;
        Ok(reply(
            reject_participation(&self.app, &actor, idempotency_key, id, &reason).await?,
        ))
    }

    async fn withdraw_participation(
        &self,
        request: Request<pb::WithdrawParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::WithdrawParticipationRequest {
            idempotency_key,
            participation_id,
        } = request.into_inner();
        let id = link::read(&participation_id, "participation_id")?;
        Ok(reply(
            withdraw_participation(&self.app, &actor, idempotency_key, id).await?,
        ))
    }

    async fn offering(
        &self,
        request: Request<pb::OfferingRequest>,
    ) -> Result<Response<pb::OfferingReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::OfferingRequest { project_id } = request.into_inner();
        let project = link::read(&project_id, "project_id")?;
        let view = queries::offering(&self.app, &actor, project).await;
        let view = view
            .map_err(|err| fault(&err))?
            .ok_or_else(no_such_offering)?;
        Ok(Response::new(pb::OfferingReply {
            offering: Some(convert::offering(view)),
        }))
    }

    async fn get_participation(
        &self,
        request: Request<pb::GetParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::GetParticipationRequest { participation_id } = request.into_inner();
        let id = link::read(&participation_id, "participation_id")?;
        let found = queries::participation(&self.app, &actor, id).await;
        Ok(reply(
            found
                .map_err(|err| fault(&err))?
                .ok_or_else(no_such_participation)?,
        ))
    }

    async fn portfolio(
        &self,
        request: Request<pb::PortfolioRequest>,
    ) -> Result<Response<pb::ParticipationListReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::PortfolioRequest { first, after } = request.into_inner();
        let page = convert::page(first, &after)?;
        let found = queries::portfolio(&self.app, &actor, page).await;
        Ok(list(found.map_err(|err| fault(&err))?, page.first))
    }

    async fn project_participations(
        &self,
        request: Request<pb::ProjectParticipationsRequest>,
    ) -> Result<Response<pb::ParticipationListReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ProjectParticipationsRequest {
            project_id,
            first,
            after,
        } = request.into_inner();
        let project = link::read(&project_id, "project_id")?;
        let page = convert::page(first, &after)?;
        let found = queries::project_participations(&self.app, &actor, project, page).await;
        let found = found
            .map_err(|err| fault(&err))?
            .ok_or_else(no_such_offering)?;
        Ok(list(found, page.first))
    }
}

fn reply(one: Participation) -> Response<pb::ParticipationReply> {
    let participation = Some(convert::participation(one));
    Response::new(pb::ParticipationReply { participation })
}

/// A full page may have a next one.
fn list(found: Vec<Participation>, first: i64) -> Response<pb::ParticipationListReply> {
    let full = i64::try_from(found.len()).is_ok_and(|count| count == first);
    let next = found
        .last()
        .filter(|_| full)
        .map(|one| one.id.to_string())
        .unwrap_or_default();
    let participations = found.into_iter().map(convert::participation).collect();
    Response::new(pb::ParticipationListReply {
        participations,
        next,
    })
}

fn no_such_offering() -> Status {
    refuse(
        Code::NotFound,
        "no_such_offering",
        "there is no such offering",
    )
}

fn no_such_participation() -> Status {
    refuse(
        Code::NotFound,
        "no_such_participation",
        "there is no such participation",
    )
}

fn forbidden(text: impl std::fmt::Display) -> Status {
    refuse(Code::PermissionDenied, "forbidden", text)
}

fn unusable(key: &UnusableKey) -> Status {
    refuse(Code::InvalidArgument, "unusable_idempotency_key", key)
}

/// The refusal with what its answer must name.
fn refused(refusal: &Refusal) -> Status {
    let args = match refusal {
        Refusal::NotEnoughRoom { room } => vec![("room", room.to_string())],
        Refusal::BelowMinTicket { min } | Refusal::BelowProductsTicket { min } => {
            vec![("min", min.to_string())]
        }
        Refusal::AboveMaxTicket { max } => vec![("max", max.to_string())],
        Refusal::DeadlinePassed { deadline } => vec![("deadline", clock::to_text(*deadline))],
        Refusal::DecisionOver { decide_by } | Refusal::DecisionOpen { decide_by } => {
            vec![("decide_by", clock::to_text(*decide_by))]
        }
        Refusal::CoolingOffOver { until } => vec![("until", clock::to_text(*until))],
        Refusal::OfferingClosed
        | Refusal::Unverified
        | Refusal::AmountNotPositive
        | Refusal::Money(_)
        | Refusal::ProductsNotOffered
        | Refusal::OwnerTakesProfitOnly
        | Refusal::UnfundedRequest
        | Refusal::NotHeld
        | Refusal::Already(_)
        | Refusal::FundingAlready(_)
        | Refusal::ReasonRequired
        | Refusal::OfferingSealed
        | Refusal::NotFull
        | Refusal::NotCaptured
        | Refusal::CoolingOffRunning
        | Refusal::ListIncomplete
        | Refusal::NotSealed => Vec::new(),
    };
    refuse_with(Code::FailedPrecondition, refusal.code(), refusal, &args)
}

impl From<RequestParticipationError> for Status {
    fn from(err: RequestParticipationError) -> Self {
        match err {
            RequestParticipationError::Forbidden => forbidden(err),
            RequestParticipationError::NoSuchOffering(_) => no_such_offering(),
            RequestParticipationError::Key(key) => unusable(&key),
            RequestParticipationError::Refused(refusal) => refused(&refusal),
            RequestParticipationError::Store(err) => fault(&err),
        }
    }
}

impl From<DecisionError> for Status {
    fn from(err: DecisionError) -> Self {
        match err {
            DecisionError::NoSuchParticipation(_) => no_such_participation(),
            DecisionError::Forbidden => forbidden(err),
            DecisionError::Key(key) => unusable(&key),
            DecisionError::Refused(refusal) => refused(&refusal),
            DecisionError::Store(err) => fault(&err),
        }
    }
}
