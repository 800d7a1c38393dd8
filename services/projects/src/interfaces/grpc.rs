//! The rpcs: translate, call one use case, translate back. Those of execution stand beside.

use authz::Actor;
use contracts::projects as pb;
use contracts::projects::projects_server::Projects as ProjectsRpcs;
use ids::ProjectId;
use link::fault;
use tonic::{Request, Response, Status};

use super::refusals::no_such_project;
use super::{convert, execution, information, news, papers};
use crate::application::advance_business_time::advance_business_time;
use crate::application::approve_project::approve_project;
use crate::application::cancel_project::cancel_project;
use crate::application::create_project::create_project;
use crate::application::notify_material_change::notify_material_change;
use crate::application::open_funding::open_funding;
use crate::application::publish_project::publish_project;
use crate::application::set_flag::set_flag;
use crate::application::set_terms::set_terms;
use crate::application::start_execution::start_execution;
use crate::application::{App, queries};

/// The `Projects` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

#[tonic::async_trait]
impl ProjectsRpcs for Rpcs {
    async fn create_project(
        &self,
        request: Request<pb::CreateProjectRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let (key, cmd) = convert::create_project(request.into_inner())?;
        let id = create_project(&self.app, &actor, key, cmd).await?;
        self.reply(&actor, id).await
    }

    async fn set_terms(
        &self,
        request: Request<pb::SetTermsRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::SetTermsRequest {
            idempotency_key,
            project_id,
            terms,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        let terms = convert::terms(terms)?;
        set_terms(&self.app, &actor, idempotency_key, (id, terms)).await?;
        self.reply(&actor, id).await
    }

    async fn publish_project(
        &self,
        request: Request<pb::PublishProjectRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::PublishProjectRequest {
            idempotency_key,
            project_id,
            funding_opens_at,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        let opens_at = convert::instant(&funding_opens_at, "funding_opens_at")?;
        publish_project(&self.app, &actor, idempotency_key, (id, opens_at)).await?;
        self.reply(&actor, id).await
    }

    async fn open_funding(
        &self,
        request: Request<pb::OpenFundingRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::OpenFundingRequest {
            idempotency_key,
            project_id,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        open_funding(&self.app, &actor, idempotency_key, id).await?;
        self.reply(&actor, id).await
    }

    async fn approve_project(
        &self,
        request: Request<pb::ApproveProjectRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ApproveProjectRequest {
            idempotency_key,
            project_id,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        approve_project(&self.app, &actor, idempotency_key, id).await?;
        self.reply(&actor, id).await
    }

    async fn start_execution(
        &self,
        request: Request<pb::StartExecutionRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::StartExecutionRequest {
            idempotency_key,
            project_id,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        start_execution(&self.app, &actor, idempotency_key, id).await?;
        self.reply(&actor, id).await
    }

    async fn cancel_project(
        &self,
        request: Request<pb::CancelProjectRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::CancelProjectRequest {
            idempotency_key,
            project_id,
            reason,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        cancel_project(&self.app, &actor, idempotency_key, (id, reason)).await?;
        self.reply(&actor, id).await
    }

    async fn set_flag(
        &self,
        request: Request<pb::SetFlagRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::SetFlagRequest {
            idempotency_key,
            project_id,
            flag,
            reason,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        let flag = link::read(&flag, "flag")?;
        set_flag(&self.app, &actor, idempotency_key, (id, flag, reason)).await?;
        self.reply(&actor, id).await
    }

    async fn notify_material_change(
        &self,
        request: Request<pb::NotifyMaterialChangeRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::NotifyMaterialChangeRequest {
            idempotency_key,
            project_id,
            text,
            renew,
            renew_hours,
        } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        let notice = convert::notice(text, renew, renew_hours)?;
        notify_material_change(&self.app, &actor, idempotency_key, (id, notice)).await?;
        self.reply(&actor, id).await
    }

    async fn project(
        &self,
        request: Request<pb::ProjectRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ProjectRequest { project_id } = request.into_inner();
        let id = link::read(&project_id, "project_id")?;
        self.reply(&actor, id).await
    }

    async fn project_list(
        &self,
        request: Request<pb::ProjectListRequest>,
    ) -> Result<Response<pb::ProjectListReply>, Status> {
        let actor = link::actor(&request)?;
        let (mine, filter) = convert::project_list(request.into_inner())?;
        let (first, order) = (filter.first, filter.order);
        let found = queries::project_list(&self.app, &actor, mine, filter).await;
        let mut found = found.map_err(|err| fault(&err))?;
        let next = link::next(&mut found, first, |view| {
            convert::after(&view.project, order)
        });
        let projects = found
            .into_iter()
            .map(|view| convert::project(view, &actor).map_err(|err| fault(&err)));
        Ok(Response::new(pb::ProjectListReply {
            projects: projects.collect::<Result<_, _>>()?,
            next,
        }))
    }

    async fn advance_business_time(
        &self,
        request: Request<pb::AdvanceBusinessTimeRequest>,
    ) -> Result<Response<pb::AdvanceBusinessTimeReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::AdvanceBusinessTimeRequest {
            idempotency_key,
            seconds,
        } = request.into_inner();
        let moved = advance_business_time(&self.app, &actor, idempotency_key, seconds).await?;
        let (offset_s, now) = moved;
        Ok(Response::new(pb::AdvanceBusinessTimeReply {
            offset_s,
            business_now: clock::to_text(now),
        }))
    }

    async fn request_upload(
        &self,
        request: Request<pb::RequestUploadRequest>,
    ) -> Result<Response<pb::RequestUploadReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = papers::request_upload(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn attach_document(
        &self,
        request: Request<pb::AttachDocumentRequest>,
    ) -> Result<Response<pb::AttachDocumentReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = papers::attach_document(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn remove_image(
        &self,
        request: Request<pb::RemoveImageRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = papers::remove_image(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn document_list(
        &self,
        request: Request<pb::DocumentListRequest>,
    ) -> Result<Response<pb::DocumentListReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = papers::document_list(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn record_milestone(
        &self,
        request: Request<pb::RecordMilestoneRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::record_milestone(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn post_update(
        &self,
        request: Request<pb::PostUpdateRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::post_update(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn ask_question(
        &self,
        request: Request<pb::AskQuestionRequest>,
    ) -> Result<Response<pb::AskQuestionReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::ask_question(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn answer_question(
        &self,
        request: Request<pb::AnswerQuestionRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::answer_question(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn hide_question(
        &self,
        request: Request<pb::HideQuestionRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::hide_question(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn milestone_list(
        &self,
        request: Request<pb::NewsRequest>,
    ) -> Result<Response<pb::MilestoneListReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::milestone_list(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn update_list(
        &self,
        request: Request<pb::NewsRequest>,
    ) -> Result<Response<pb::UpdateListReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::update_list(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn question_list(
        &self,
        request: Request<pb::NewsRequest>,
    ) -> Result<Response<pb::QuestionListReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = news::question_list(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn key_information(
        &self,
        request: Request<pb::KeyInformationRequest>,
    ) -> Result<Response<pb::KeyInformationReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = information::key_information(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn track_record(
        &self,
        request: Request<pb::TrackRecordRequest>,
    ) -> Result<Response<pb::TrackRecordReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = information::track_record(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn track_records(
        &self,
        request: Request<pb::TrackRecordsRequest>,
    ) -> Result<Response<pb::TrackRecordsReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = information::track_records(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn record_goods_received(
        &self,
        request: Request<pb::RecordGoodsReceivedRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::record_goods_received(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn report_sale(
        &self,
        request: Request<pb::ReportSaleRequest>,
    ) -> Result<Response<pb::ReportSaleReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::report_sale(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn hand_over_goods(
        &self,
        request: Request<pb::HandOverGoodsRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::hand_over_goods(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn propose_write_off(
        &self,
        request: Request<pb::ProposeWriteOffRequest>,
    ) -> Result<Response<pb::StockClosureReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::propose_write_off(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn propose_buy_back(
        &self,
        request: Request<pb::ProposeBuyBackRequest>,
    ) -> Result<Response<pb::StockClosureReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::propose_buy_back(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn agree_stock_closure(
        &self,
        request: Request<pb::AgreeStockClosureRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::agree_stock_closure(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn declare_completion(
        &self,
        request: Request<pb::DeclareCompletionRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::declare_completion(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }

    async fn confirm_completion(
        &self,
        request: Request<pb::ConfirmCompletionRequest>,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::confirm_completion(&self.app, &actor, request.into_inner());
        reply.await.map(Response::new)
    }
}

impl Rpcs {
    async fn reply(
        &self,
        actor: &Actor,
        id: ProjectId,
    ) -> Result<Response<pb::ProjectReply>, Status> {
        let project = Some(shown(&self.app, actor, id).await?);
        Ok(Response::new(pb::ProjectReply { project }))
    }
}

/// The project as the actor may see it now.
pub(super) async fn shown(app: &App, actor: &Actor, id: ProjectId) -> Result<pb::Project, Status> {
    let view = queries::project(app, actor, id).await;
    let view = view
        .map_err(|err| fault(&err))?
        .ok_or_else(no_such_project)?;
    convert::project(view, actor).map_err(|err| fault(&err))
}
