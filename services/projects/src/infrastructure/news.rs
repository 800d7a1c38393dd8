//! The news' rows.

use async_trait::async_trait;
use clock::to_text;
use contracts::projects as pb;
use ids::{DocumentId, EventId, ProjectId, QuestionId, UserId};
use journal::Record as _;
use pg::{Uow, store_error};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use crate::application::news::ports::{NewsTx, Page};
use crate::domain::{ImportProject, Milestone, Question, Update};

#[async_trait]
impl NewsTx for Uow {
    async fn last_milestone(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<Milestone>, StoreError> {
        let page = Page {
            project,
            first: 1,
            after: None,
        };
        Ok(milestones(self, page).await?.pop())
    }

    async fn add_milestone(
        &mut self,
        project: ProjectId,
        milestone: &Milestone,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let Milestone {
            id,
            kind,
            note,
            occurred_at,
            document,
        } = milestone;
        sqlx::query!(
            "INSERT INTO milestones (tenant_id, milestone_id, project_id, kind, note, occurred_at,
                 document_id, recorded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            project.as_uuid(),
            <&str>::from(kind),
            note,
            occurred_at,
            document.map(DocumentId::as_uuid),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::MilestoneRecorded {
            project_id: project.to_string(),
            milestone_id: id.to_string(),
            kind: kind.to_string(),
            note: note.clone(),
            occurred_at: to_text(*occurred_at),
        };
        self.record(project.as_uuid(), &event).await.map(drop)
    }

    async fn add_update(&mut self, project: ProjectId, update: &Update) -> Result<(), StoreError> {
        let Update {
            id,
            title,
            text,
            documents,
            posted_at,
        } = update;
        let documents: Vec<Uuid> = documents.iter().map(|one| one.as_uuid()).collect();
        sqlx::query!(
            "INSERT INTO updates (tenant_id, update_id, project_id, title, text, document_ids,
                 posted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            project.as_uuid(),
            title,
            text,
            &documents,
            posted_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::UpdatePosted {
            project_id: project.to_string(),
            update_id: id.to_string(),
            title: title.clone(),
        };
        self.record(project.as_uuid(), &event).await.map(drop)
    }

    async fn asked_since(
        &mut self,
        project: ProjectId,
        person: UserId,
        since: OffsetDateTime,
    ) -> Result<i64, StoreError> {
        sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM questions
               WHERE tenant_id = $1 AND project_id = $2 AND asked_by = $3 AND asked_at > $4"#,
            self.context().tenant.as_uuid(),
            project.as_uuid(),
            person.as_uuid(),
            since,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn add_question(
        &mut self,
        project: &ImportProject,
        question: &Question,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO questions (tenant_id, question_id, project_id, asked_by, text, asked_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            self.context().tenant.as_uuid(),
            question.id.as_uuid(),
            project.id.as_uuid(),
            question.asked_by.as_uuid(),
            question.text,
            question.asked_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::QuestionAsked {
            project_id: project.id.to_string(),
            question_id: question.id.to_string(),
            owner_id: project.owner.to_string(),
            asked_by: question.asked_by.to_string(),
        };
        self.record(project.id.as_uuid(), &event).await.map(drop)
    }

    async fn question(
        &mut self,
        project: ProjectId,
        id: QuestionId,
    ) -> Result<Option<Question>, StoreError> {
        let page = Page {
            project,
            first: 1,
            after: None,
        };
        Ok(questions(self, page, (true, None, Some(id))).await?.pop())
    }

    async fn save_answer(
        &mut self,
        project: ProjectId,
        question: &Question,
    ) -> Result<(), StoreError> {
        let (answer, at) = question
            .answer
            .as_ref()
            .map(|(text, at)| (text, *at))
            .unzip();
        sqlx::query!(
            "UPDATE questions SET answer = $3, answered_at = $4
             WHERE tenant_id = $1 AND question_id = $2",
            self.context().tenant.as_uuid(),
            question.id.as_uuid(),
            answer,
            at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::QuestionAnswered {
            project_id: project.to_string(),
            question_id: question.id.to_string(),
            asked_by: question.asked_by.to_string(),
        };
        self.record(project.as_uuid(), &event).await.map(drop)
    }

    async fn save_hidden(
        &mut self,
        project: ProjectId,
        question: &Question,
    ) -> Result<(), StoreError> {
        let Some((by, reason)) = &question.hidden else {
            return Err(StoreError::failed("a question that nobody hid"));
        };
        sqlx::query!(
            "UPDATE questions SET hidden_by = $3, hidden_because = $4
             WHERE tenant_id = $1 AND question_id = $2",
            self.context().tenant.as_uuid(),
            question.id.as_uuid(),
            by.as_uuid(),
            reason,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::QuestionHidden {
            project_id: project.to_string(),
            question_id: question.id.to_string(),
            hidden_by: by.to_string(),
            reason: reason.clone(),
        };
        self.record(project.as_uuid(), &event).await.map(drop)
    }
}

pub async fn milestones(uow: &mut Uow, page: Page) -> Result<Vec<Milestone>, StoreError> {
    let rows = sqlx::query!(
        "SELECT milestone_id, kind, note, occurred_at, document_id FROM milestones
         WHERE tenant_id = $1 AND project_id = $2 AND ($3::uuid IS NULL OR milestone_id < $3)
         ORDER BY milestone_id DESC LIMIT $4",
        uow.context().tenant.as_uuid(),
        page.project.as_uuid(),
        page.after.map(EventId::as_uuid),
        page.first,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let found = rows.into_iter().map(|row| {
        Ok(Milestone {
            id: row.milestone_id.into(),
            kind: pg::stored(&row.kind)?,
            note: row.note,
            occurred_at: row.occurred_at,
            document: row.document_id.map(DocumentId::from),
        })
    });
    found.collect()
}

pub async fn updates(uow: &mut Uow, page: Page) -> Result<Vec<Update>, StoreError> {
    let rows = sqlx::query!(
        "SELECT update_id, title, text, document_ids, posted_at FROM updates
         WHERE tenant_id = $1 AND project_id = $2 AND ($3::uuid IS NULL OR update_id < $3)
         ORDER BY update_id DESC LIMIT $4",
        uow.context().tenant.as_uuid(),
        page.project.as_uuid(),
        page.after.map(EventId::as_uuid),
        page.first,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let found = rows.into_iter().map(|row| Update {
        id: row.update_id.into(),
        title: row.title,
        text: row.text,
        documents: row.document_ids.into_iter().map(DocumentId::from).collect(),
        posted_at: row.posted_at,
    });
    Ok(found.collect())
}

/// All of them, or those that are not hidden and the viewer's own; or one.
pub async fn questions(
    uow: &mut Uow,
    page: Page,
    (sees_all, viewer, one): (bool, Option<UserId>, Option<QuestionId>),
) -> Result<Vec<Question>, StoreError> {
    let rows = sqlx::query!(
        "SELECT question_id, asked_by, text, asked_at, answer, answered_at, hidden_by,
                hidden_because
         FROM questions
         WHERE tenant_id = $1 AND project_id = $2 AND ($3::uuid IS NULL OR question_id < $3)
           AND ($5 OR hidden_by IS NULL OR asked_by = $6)
           AND ($7::uuid IS NULL OR question_id = $7)
         ORDER BY question_id DESC LIMIT $4",
        uow.context().tenant.as_uuid(),
        page.project.as_uuid(),
        page.after.map(EventId::as_uuid),
        page.first,
        sees_all,
        viewer.map(UserId::as_uuid),
        one.map(QuestionId::as_uuid),
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let found = rows.into_iter().map(|row| Question {
        id: row.question_id.into(),
        asked_by: row.asked_by.into(),
        text: row.text,
        asked_at: row.asked_at,
        answer: row.answer.zip(row.answered_at),
        hidden: row.hidden_by.map(UserId::from).zip(row.hidden_because),
    });
    Ok(found.collect())
}
