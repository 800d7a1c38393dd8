//! The rpcs of the shipment's steps, the owner's updates, questions and answers.

use authz::Actor;
use clock::to_text;
use contracts::projects as pb;
use ids::ProjectId;
use link::{fault, malformed};
use tonic::Status;

use super::convert::{instant, optional};
use super::grpc::shown;
use crate::application::App;
use crate::application::news::answer_question::answer_question as answer;
use crate::application::news::ask_question::ask_question as ask;
use crate::application::news::hide_question::hide_question as hide;
use crate::application::news::ports::Page;
use crate::application::news::post_update::{self as post, PostUpdate};
use crate::application::news::read;
use crate::application::news::record_milestone::{self as record, RecordMilestone};
use crate::domain::{Milestone, Question, Update};

pub(super) async fn record_milestone(
    app: &App,
    actor: &Actor,
    request: pb::RecordMilestoneRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::RecordMilestoneRequest {
        idempotency_key,
        project_id,
        kind,
        note,
        occurred_at,
        document_id,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let occurred_at = instant(&occurred_at, "occurred_at")?;
    let cmd = RecordMilestone {
        project,
        kind: link::read(&kind, "kind")?,
        note,
        occurred_at: occurred_at.ok_or_else(|| malformed("occurred_at"))?,
        document: optional(&document_id, "document_id")?,
    };
    record::record_milestone(app, actor, idempotency_key, cmd).await?;
    reply(app, actor, project).await
}

pub(super) async fn post_update(
    app: &App,
    actor: &Actor,
    request: pb::PostUpdateRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::PostUpdateRequest {
        idempotency_key,
        project_id,
        title,
        text,
        document_ids,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let documents = document_ids.iter().map(|id| link::read(id, "document_ids"));
    let cmd = PostUpdate {
        project,
        title,
        text,
        documents: documents.collect::<Result<_, _>>()?,
    };
    post::post_update(app, actor, idempotency_key, cmd).await?;
    reply(app, actor, project).await
}

pub(super) async fn ask_question(
    app: &App,
    actor: &Actor,
    request: pb::AskQuestionRequest,
) -> Result<pb::AskQuestionReply, Status> {
    let pb::AskQuestionRequest {
        idempotency_key,
        project_id,
        text,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let question = ask(app, actor, idempotency_key, (project, text)).await?;
    Ok(pb::AskQuestionReply {
        project: Some(shown(app, actor, project).await?),
        question_id: question.to_string(),
    })
}

pub(super) async fn answer_question(
    app: &App,
    actor: &Actor,
    request: pb::AnswerQuestionRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::AnswerQuestionRequest {
        idempotency_key,
        project_id,
        question_id,
        text,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let question = link::read(&question_id, "question_id")?;
    answer(app, actor, idempotency_key, (project, question, text)).await?;
    reply(app, actor, project).await
}

pub(super) async fn hide_question(
    app: &App,
    actor: &Actor,
    request: pb::HideQuestionRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::HideQuestionRequest {
        idempotency_key,
        project_id,
        question_id,
        reason,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let question = link::read(&question_id, "question_id")?;
    hide(app, actor, idempotency_key, (project, question, reason)).await?;
    reply(app, actor, project).await
}

pub(super) async fn milestone_list(
    app: &App,
    actor: &Actor,
    request: pb::NewsRequest,
) -> Result<pb::MilestoneListReply, Status> {
    let page = page(request)?;
    let found = read::milestones(app, actor, page).await;
    let mut found = found.map_err(|err| fault(&err))?;
    let next = link::next(&mut found, page.first, |one| one.id.to_string());
    let milestones = found.into_iter().map(|one| {
        let Milestone {
            id,
            kind,
            note,
            occurred_at,
            document,
        } = one;
        pb::Milestone {
            milestone_id: id.to_string(),
            kind: kind.to_string(),
            note,
            occurred_at: to_text(occurred_at),
            document_id: document.map(|id| id.to_string()).unwrap_or_default(),
        }
    });
    let milestones = milestones.collect();
    Ok(pb::MilestoneListReply { milestones, next })
}

pub(super) async fn update_list(
    app: &App,
    actor: &Actor,
    request: pb::NewsRequest,
) -> Result<pb::UpdateListReply, Status> {
    let page = page(request)?;
    let found = read::updates(app, actor, page).await;
    let mut found = found.map_err(|err| fault(&err))?;
    let next = link::next(&mut found, page.first, |one| one.id.to_string());
    let updates = found.into_iter().map(|one| {
        let Update {
            id,
            title,
            text,
            documents,
            posted_at,
        } = one;
        pb::Update {
            update_id: id.to_string(),
            title,
            text,
            document_ids: documents.iter().map(ToString::to_string).collect(),
            posted_at: to_text(posted_at),
        }
    });
    let updates = updates.collect();
    Ok(pb::UpdateListReply { updates, next })
}

pub(super) async fn question_list(
    app: &App,
    actor: &Actor,
    request: pb::NewsRequest,
) -> Result<pb::QuestionListReply, Status> {
    let page = page(request)?;
    let found = read::questions(app, actor, page).await;
    let mut found = found.map_err(|err| fault(&err))?;
    let next = link::next(&mut found, page.first, |one| one.0.id.to_string());
    let questions = found.into_iter().map(|(one, is_named)| {
        let Question {
            id,
            asked_by,
            text,
            asked_at,
            answer,
            hidden,
        } = one;
        let (answer, answered_at) = answer.unzip();
        let asked_by = if is_named {
            asked_by.to_string()
        } else {
            String::new()
        };
        pb::Question {
            question_id: id.to_string(),
            text,
            asked_at: to_text(asked_at),
            answer: answer.unwrap_or_default(),
            answered_at: answered_at.map(to_text).unwrap_or_default(),
            asked_by,
            hidden_because: hidden.map(|(_, reason)| reason).unwrap_or_default(),
        }
    });
    let questions = questions.collect();
    Ok(pb::QuestionListReply { questions, next })
}

fn page(request: pb::NewsRequest) -> Result<Page, Status> {
    let pb::NewsRequest {
        project_id,
        first,
        after,
    } = request;
    let first = if first == 0 { 20 } else { first.clamp(1, 100) };
    Ok(Page {
        project: link::read(&project_id, "project_id")?,
        first: i64::from(first) + 1,
        after: optional(&after, "after")?,
    })
}

async fn reply(app: &App, actor: &Actor, id: ProjectId) -> Result<pb::ProjectReply, Status> {
    let project = Some(shown(app, actor, id).await?);
    Ok(pb::ProjectReply { project })
}
