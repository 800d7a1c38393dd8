//! The rpcs: translate, call one use case, translate back.

use authz::Actor;
use contracts::users as pb;
use contracts::users::users_server::Users as UsersRpcs;
use ids::UserId;
use link::{fault, refuse, refuse_with};
use tonic::{Code, Request, Response, Status};

use super::convert;
use crate::application::attach_kyc_document::attach_kyc_document;
use crate::application::category_queue::category_queue;
use crate::application::consents::consents;
use crate::application::decide_category::decide_category;
use crate::application::give_consent::give_consent;
use crate::application::investor::investor;
use crate::application::kyc_documents::kyc_documents;
use crate::application::kyc_queue::kyc_queue;
use crate::application::names::names;
use crate::application::ports::FileError;
use crate::application::profile::profile;
use crate::application::reject_kyc::reject_kyc;
use crate::application::request_category::request_category;
use crate::application::request_kyc_upload::request_kyc_upload;
use crate::application::set_investor_limits::set_investor_limits;
use crate::application::submit_kyc::submit_kyc;
use crate::application::suspend_kyc::suspend_kyc;
use crate::application::update_profile::update_profile;
use crate::application::verify_kyc::verify_kyc;
use crate::application::view_kyc_document::view_kyc_document;
use crate::application::{App, UsersError};
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
        let user = oneself_or(&actor, &user_id)?;
        let profile = Some(convert::profile(profile(&self.app, &actor, user).await?));
        Ok(Response::new(pb::ProfileReply { profile }))
    }

    async fn names(
        &self,
        request: Request<pb::NamesRequest>,
    ) -> Result<Response<pb::NamesReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::NamesRequest { user_ids } = request.into_inner();
        let users: Vec<UserId> = link::read_all(&user_ids, "user_ids")?;
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

    async fn suspend_kyc(
        &self,
        request: Request<pb::SuspendKycRequest>,
    ) -> Result<Response<pb::SuspendKycReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::SuspendKycRequest {
            idempotency_key,
            user_id,
            reason,
        } = request.into_inner();
        let user = link::read(&user_id, "user_id")?;
        let seen = suspend_kyc(&self.app, &actor, idempotency_key, (user, &reason)).await?;
        let profile = Some(convert::profile(seen));
        Ok(Response::new(pb::SuspendKycReply { profile }))
    }

    async fn update_profile(
        &self,
        request: Request<pb::UpdateProfileRequest>,
    ) -> Result<Response<pb::UpdateProfileReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, said) = convert::said(request.into_inner())?;
        let seen = update_profile(&self.app, &actor, key, said).await?;
        let profile = Some(convert::profile(seen));
        Ok(Response::new(pb::UpdateProfileReply { profile }))
    }

    async fn request_kyc_upload(
        &self,
        request: Request<pb::RequestKycUploadRequest>,
    ) -> Result<Response<pb::RequestKycUploadReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::RequestKycUploadRequest { media_type, length } = request.into_inner();
        let ticket = request_kyc_upload(&self.app, &actor, (&media_type, length))?;
        let upload = Some(convert::upload(ticket));
        Ok(Response::new(pb::RequestKycUploadReply { upload }))
    }

    async fn attach_kyc_document(
        &self,
        request: Request<pb::AttachKycDocumentRequest>,
    ) -> Result<Response<pb::AttachKycDocumentReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::AttachKycDocumentRequest {
            idempotency_key,
            kind,
            upload_id,
        } = request.into_inner();
        let sent = (link::read(&kind, "kind")?, upload_id.as_str());
        let paper = attach_kyc_document(&self.app, &actor, idempotency_key, sent).await?;
        let document = Some(convert::paper(paper));
        Ok(Response::new(pb::AttachKycDocumentReply { document }))
    }

    async fn kyc_documents(
        &self,
        request: Request<pb::KycDocumentsRequest>,
    ) -> Result<Response<pb::KycDocumentsReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::KycDocumentsRequest { user_id } = request.into_inner();
        let user = oneself_or(&actor, &user_id)?;
        let papers = kyc_documents(&self.app, &actor, user).await?;
        let documents = papers.into_iter().map(convert::paper).collect();
        Ok(Response::new(pb::KycDocumentsReply { documents }))
    }

    async fn view_kyc_document(
        &self,
        request: Request<pb::ViewKycDocumentRequest>,
    ) -> Result<Response<pb::ViewKycDocumentReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ViewKycDocumentRequest {
            idempotency_key,
            user_id,
            document_id,
        } = request.into_inner();
        let user = link::read(&user_id, "user_id")?;
        let paper = (user, link::read(&document_id, "document_id")?);
        let url = view_kyc_document(&self.app, &actor, idempotency_key, paper).await?;
        Ok(Response::new(pb::ViewKycDocumentReply { url }))
    }

    async fn investor(
        &self,
        request: Request<pb::InvestorRequest>,
    ) -> Result<Response<pb::InvestorReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::InvestorRequest { user_id } = request.into_inner();
        let user = oneself_or(&actor, &user_id)?;
        let found = investor(&self.app, &actor, user).await?;
        let investor = Some(convert::investor(found));
        Ok(Response::new(pb::InvestorReply { investor }))
    }

    async fn request_category(
        &self,
        request: Request<pb::RequestCategoryRequest>,
    ) -> Result<Response<pb::RequestCategoryReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::RequestCategoryRequest {
            idempotency_key,
            category,
            reason,
        } = request.into_inner();
        let asked = (link::read(&category, "category")?, reason.as_str());
        let asker = request_category(&self.app, &actor, idempotency_key, asked).await?;
        let investor = Some(convert::investor(asker));
        Ok(Response::new(pb::RequestCategoryReply { investor }))
    }

    async fn category_queue(
        &self,
        request: Request<pb::CategoryQueueRequest>,
    ) -> Result<Response<pb::CategoryQueueReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::CategoryQueueRequest {} = request.into_inner();
        let waiting = category_queue(&self.app, &actor).await?;
        let investors = waiting.into_iter().map(convert::investor).collect();
        Ok(Response::new(pb::CategoryQueueReply { investors }))
    }

    async fn decide_category(
        &self,
        request: Request<pb::DecideCategoryRequest>,
    ) -> Result<Response<pb::DecideCategoryReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, answer) = convert::answer(request.into_inner())?;
        let asker = decide_category(&self.app, &actor, key, answer).await?;
        let investor = Some(convert::investor(asker));
        Ok(Response::new(pb::DecideCategoryReply { investor }))
    }

    async fn set_investor_limits(
        &self,
        request: Request<pb::SetInvestorLimitsRequest>,
    ) -> Result<Response<pb::SetInvestorLimitsReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, set) = convert::limits(request.into_inner())?;
        let limited = set_investor_limits(&self.app, &actor, key, set).await?;
        let investor = Some(convert::investor(limited));
        Ok(Response::new(pb::SetInvestorLimitsReply { investor }))
    }

    async fn consents(
        &self,
        request: Request<pb::ConsentsRequest>,
    ) -> Result<Response<pb::ConsentsReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ConsentsRequest { language } = request.into_inner();
        let asked = consents(&self.app, &actor).await?;
        let consents = asked
            .iter()
            .map(|one| convert::consent(one, &language))
            .collect();
        Ok(Response::new(pb::ConsentsReply { consents }))
    }

    async fn give_consent(
        &self,
        request: Request<pb::GiveConsentRequest>,
    ) -> Result<Response<pb::GiveConsentReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, read) = convert::consent_given(request.into_inner())?;
        let hash = read.hash;
        let asked = give_consent(&self.app, &actor, key, read).await?;
        let language = convert::language_of(&asked, hash);
        let consent = Some(convert::consent(&asked, language));
        Ok(Response::new(pb::GiveConsentReply { consent }))
    }
}

/// The named user, or the caller where none is named.
fn oneself_or(actor: &Actor, user_id: &str) -> Result<UserId, Status> {
    match actor.user() {
        Some(oneself) if user_id.is_empty() => Ok(oneself),
        Some(_) | None => link::read(user_id, "user_id"),
    }
}

impl From<UsersError> for Status {
    fn from(err: UsersError) -> Self {
        match err {
            UsersError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            UsersError::Malformed(malformed) => link::malformed(malformed.field),
            UsersError::Refused(refusal) => refused(refusal),
            UsersError::File(FileError::Refused { code, text }) => {
                refuse(Code::FailedPrecondition, code, text)
            }
            UsersError::Key(key) => refuse(Code::InvalidArgument, "unusable_idempotency_key", key),
            UsersError::File(FileError::Failed(err)) | UsersError::Store(err) => fault(&err),
        }
    }
}

fn refused(refusal: Refusal) -> Status {
    let status = match refusal {
        Refusal::OwnCase | Refusal::OwnLimits => Code::PermissionDenied,
        Refusal::NoSuchPerson | Refusal::NoSuchPaper => Code::NotFound,
        Refusal::LimitNotPositive => Code::InvalidArgument,
        Refusal::ConsentOutdated { in_force } => {
            let args = [("version", in_force.to_string())];
            return refuse_with(Code::FailedPrecondition, refusal.code(), refusal, &args);
        }
        Refusal::AlreadyPending
        | Refusal::NotPending
        | Refusal::Minor
        | Refusal::BirthDate
        | Refusal::NothingToSuspend
        | Refusal::TooManyPapers
        | Refusal::CategoryHeld
        | Refusal::CategoryRequested
        | Refusal::NoCategoryRequest
        | Refusal::ConsentTextDiffers => Code::FailedPrecondition,
    };
    refuse(status, refusal.code(), refusal)
}
