//! The rpcs: translate, call one use case, translate back.

use contracts::users as pb;
use contracts::users::users_server::Users as UsersRpcs;
use ids::UserId;
use link::{fault, refuse};
use tonic::{Code, Request, Response, Status};

use super::convert;
use crate::application::kyc_queue::kyc_queue;
use crate::application::names::names;
use crate::application::profile::profile;
use crate::application::reject_kyc::reject_kyc;
use crate::application::submit_kyc::submit_kyc;
use crate::application::verify_kyc::verify_kyc;
use crate::application::{App, KycError};
use crate::domain::Refusal;

/// The `Users` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

#[tonic::async_trait]
impl UsersRpcs for Rpcs {
    async fn profile(
        &self,
        request: Request<pb::ProfileRequest>,
    ) -> Result<Response<pb::ProfileReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ProfileRequest { user_id } = request.into_inner();
        let user = match actor.user() {
            Some(oneself) if user_id.is_empty() => oneself,
            Some(_) | None => link::read(&user_id, "user_id")?,
        };
        let profile = Some(convert::profile(profile(&self.app, &actor, user).await?));
        Ok(Response::new(pb::ProfileReply { profile }))
    }

    async fn names(
        &self,
        request: Request<pb::NamesRequest>,
    ) -> Result<Response<pb::NamesReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::NamesRequest { user_ids } = request.into_inner();
        let users: Vec<UserId> = user_ids
            .iter()
            .map(|id| link::read(id, "user_ids"))
            .collect::<Result<_, _>>()?;
        let names = names(&self.app, &actor, &users).await?;
        let names = names
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect();
        Ok(Response::new(pb::NamesReply { names }))
    }

    async fn submit_kyc(
        &self,
        request: Request<pb::SubmitKycRequest>,
    ) -> Result<Response<pb::SubmitKycReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, documents) = convert::submission(request.into_inner())?;
        let seen = submit_kyc(&self.app, &actor, key, documents).await?;
        let profile = Some(convert::profile(seen));
        Ok(Response::new(pb::SubmitKycReply { profile }))
    }

    async fn kyc_queue(
        &self,
        request: Request<pb::KycQueueRequest>,
    ) -> Result<Response<pb::KycQueueReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::KycQueueRequest {} = request.into_inner();
        let people = kyc_queue(&self.app, &actor).await?;
        let submissions = people.into_iter().filter_map(convert::waiting).collect();
        Ok(Response::new(pb::KycQueueReply { submissions }))
    }

    async fn verify_kyc(
        &self,
        request: Request<pb::VerifyKycRequest>,
    ) -> Result<Response<pb::VerifyKycReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::VerifyKycRequest {
            idempotency_key,
            user_id,
        } = request.into_inner();
        let user = link::read(&user_id, "user_id")?;
        let seen = verify_kyc(&self.app, &actor, idempotency_key, user).await?;
        let profile = Some(convert::profile(seen));
        Ok(Response::new(pb::VerifyKycReply { profile }))
    }

    async fn reject_kyc(
        &self,
        request: Request<pb::RejectKycRequest>,
    ) -> Result<Response<pb::RejectKycReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::RejectKycRequest {
            idempotency_key,
            user_id,
            reason,
        } = request.into_inner();
        let user = link::read(&user_id, "user_id")?;
        let seen = reject_kyc(&self.app, &actor, idempotency_key, (user, &reason)).await?;
        let profile = Some(convert::profile(seen));
        Ok(Response::new(pb::RejectKycReply { profile }))
    }
}

impl From<KycError> for Status {
    fn from(err: KycError) -> Self {
        match err {
            KycError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            KycError::Malformed(malformed) => link::malformed(malformed.field),
            KycError::Refused(Refusal::OwnCase) => refuse(
                Code::PermissionDenied,
                Refusal::OwnCase.code(),
                Refusal::OwnCase,
            ),
            KycError::Refused(refusal) => refuse(Code::FailedPrecondition, refusal.code(), refusal),
            KycError::Key(key) => refuse(Code::InvalidArgument, "unusable_idempotency_key", key),
            KycError::Store(err) => fault(&err),
        }
    }
}
