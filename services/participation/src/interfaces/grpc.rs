//! The rpcs: translate, call one use case, translate back.

use authz::Actor;
use contracts::participation as pb;
use contracts::participation::participation_server::Participation as ParticipationRpcs;
use ids::ProjectId;
use link::{fault, refuse, refuse_with};
use tonic::{Code, Request, Response, Status};
use uow::UnusableKey;

use super::convert::{self, Wanted};
use crate::application::agreement::{participation_agreement, signed_agreement};
use crate::application::decide_participations::{
    Decision, Verdict, decide_participation, decide_participations,
};
use crate::application::ports::Seen;
use crate::application::renew_participation::renew_participation;
use crate::application::request_participation::{RequestParticipationError, request_participation};
use crate::application::withdraw_participation::withdraw_participation;
use crate::application::{App, DecisionError, Refused, queries};
use crate::domain::{Participation, ParticipationState, Refusal};

/// The `Participation` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

impl Rpcs {
    /// A participation as it was left; one that waits, with its place.
    async fn reply(
        &self,
        actor: &Actor,
        one: Participation,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let mut place = None;
        if one.state == ParticipationState::Waitlisted {
            let seen = queries::participation(&self.app, actor, one.id).await;
            place = seen.map_err(|err| fault(&err))?.and_then(|seen| seen.place);
        }
        let participation = Some(convert::participation(one, place));
        Ok(Response::new(pb::ParticipationReply { participation }))
    }
}

#[tonic::async_trait]
impl ParticipationRpcs for Rpcs {
    async fn request_participation(
        &self,
        request: Request<pb::RequestParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, cmd) = convert::request(request.into_inner())?;
        let one = request_participation(&self.app, &actor, key, cmd).await?;
        self.reply(&actor, one).await
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
        let verdict = Verdict::Approve;
        let decision = Decision { id, verdict };
        let one = decide_participation(&self.app, &actor, idempotency_key, decision).await?;
        self.reply(&actor, one).await
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
        let verdict = Verdict::Reject(reason);
        let decision = Decision { id, verdict };
        let one = decide_participation(&self.app, &actor, idempotency_key, decision).await?;
        self.reply(&actor, one).await
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
        let one = withdraw_participation(&self.app, &actor, idempotency_key, id).await?;
        self.reply(&actor, one).await
    }

    async fn decide_participations(
        &self,
        request: Request<pb::DecideParticipationsRequest>,
    ) -> Result<Response<pb::DecideParticipationsReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::DecideParticipationsRequest {
            idempotency_key: key,
            project_id,
            decisions,
        } = request.into_inner();
        let project = link::read(&project_id, "project_id")?;
        let decisions = decisions.into_iter().map(convert::decision);
        let decisions = decisions.collect::<Result<Vec<_>, _>>()?;
        let decided = decide_participations(&self.app, &actor, key, project, decisions).await?;
        let decided = decided.into_iter().map(convert::decided).collect();
        Ok(Response::new(pb::DecideParticipationsReply { decided }))
    }

    async fn renew_participation(
        &self,
        request: Request<pb::RenewParticipationRequest>,
    ) -> Result<Response<pb::ParticipationReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::RenewParticipationRequest {
            idempotency_key,
            participation_id,
            notice_id,
        } = request.into_inner();
        let id = link::read(&participation_id, "participation_id")?;
        let notice = link::read(&notice_id, "notice_id")?;
        let one = renew_participation(&self.app, &actor, idempotency_key, id, notice).await?;
        self.reply(&actor, one).await
    }

    async fn participation_agreement(
        &self,
        request: Request<pb::ParticipationAgreementRequest>,
    ) -> Result<Response<pb::AgreementReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ParticipationAgreementRequest {
            project_id,
            amount,
            r#type,
            language,
        } = request.into_inner();
        let project = link::read(&project_id, "project_id")?;
        let asked = (convert::asked(amount)?, link::read(&r#type, "type")?);
        let language = link::read(&language, "language")?;
        let shown = participation_agreement(&self.app, &actor, project, asked, language).await?;
        let agreement = Some(convert::agreement(shown));
        Ok(Response::new(pb::AgreementReply { agreement }))
    }

    async fn signed_agreement(
        &self,
        request: Request<pb::SignedAgreementRequest>,
    ) -> Result<Response<pb::AgreementReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::SignedAgreementRequest { participation_id } = request.into_inner();
        let id = link::read(&participation_id, "participation_id")?;
        let signed = signed_agreement(&self.app, &actor, id).await;
        let agreement = signed.map_err(|err| fault(&err))?.map(convert::agreement);
        Ok(Response::new(pb::AgreementReply { agreement }))
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

    async fn offerings(
        &self,
        request: Request<pb::OfferingsRequest>,
    ) -> Result<Response<pb::OfferingsReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::OfferingsRequest { project_ids } = request.into_inner();
        let projects: Vec<ProjectId> = link::read_all(&project_ids, "project_ids")?;
        let views = queries::offerings(&self.app, &actor, &projects).await;
        let views = views.map_err(|err| fault(&err))?.into_iter();
        Ok(Response::new(pb::OfferingsReply {
            offerings: views.map(convert::offering).collect(),
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
        let seen = found
            .map_err(|err| fault(&err))?
            .ok_or_else(no_such_participation)?;
        let participation = Some(convert::seen(seen));
        Ok(Response::new(pb::ParticipationReply { participation }))
    }

    async fn portfolio(
        &self,
        request: Request<pb::PortfolioRequest>,
    ) -> Result<Response<pb::ParticipationListReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::PortfolioRequest {
            first,
            after,
            states,
            r#type: share_type,
            sort,
        } = request.into_inner();
        let page = convert::page(Wanted {
            first,
            after,
            states,
            share_type,
            sort,
        })?;
        let found = queries::portfolio(&self.app, &actor, &page).await;
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
            states,
            r#type: share_type,
            sort,
        } = request.into_inner();
        let project = link::read(&project_id, "project_id")?;
        let page = convert::page(Wanted {
            first,
            after,
            states,
            share_type,
            sort,
        })?;
        let found = queries::project_participations(&self.app, &actor, project, &page).await;
        let found = found
            .map_err(|err| fault(&err))?
            .ok_or_else(no_such_offering)?;
        Ok(list(found, page.first))
    }
}

fn list(mut found: Vec<Seen>, read: i64) -> Response<pb::ParticipationListReply> {
    let next = link::next(&mut found, read, |seen| seen.participation.id.to_string());
    let participations = found.into_iter().map(convert::seen).collect();
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
    let Refused { args, .. } = Refused::from(refusal);
    let args: Vec<_> = args
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
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
            DecisionError::NoSuchOffering(_) => no_such_offering(),
            DecisionError::Forbidden => forbidden(err),
            DecisionError::Key(key) => unusable(&key),
            DecisionError::Refused(refusal) => refused(&refusal),
            DecisionError::Store(err) => fault(&err),
        }
    }
}
