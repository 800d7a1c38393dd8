//! What the use cases of news need of the store.

use async_trait::async_trait;
use ids::{EventId, ProjectId, QuestionId, UserId};
use time::OffsetDateTime;
use uow::StoreError;

use crate::domain::{ImportProject, Milestone, Question, Update};

/// The news of a project, under its lock.
#[async_trait]
pub trait NewsTx: Send {
    /// The latest step of the shipment.
    async fn last_milestone(&mut self, project: ProjectId)
    -> Result<Option<Milestone>, StoreError>;

    /// Stores it and records `MilestoneRecorded`.
    async fn add_milestone(
        &mut self,
        project: ProjectId,
        milestone: &Milestone,
    ) -> Result<(), StoreError>;

    /// Stores it and records `UpdatePosted`.
    async fn add_update(&mut self, project: ProjectId, update: &Update) -> Result<(), StoreError>;

    /// How many questions the person asked about the project since then.
    async fn asked_since(
        &mut self,
        project: ProjectId,
        person: UserId,
        since: OffsetDateTime,
    ) -> Result<i64, StoreError>;

    /// Stores it and records `QuestionAsked`.
    async fn add_question(
        &mut self,
        project: &ImportProject,
        question: &Question,
    ) -> Result<(), StoreError>;

    /// One question about the project.
    async fn question(
        &mut self,
        project: ProjectId,
        id: QuestionId,
    ) -> Result<Option<Question>, StoreError>;

    /// Stores the answer and records `QuestionAnswered`.
    async fn save_answer(
        &mut self,
        project: ProjectId,
        question: &Question,
    ) -> Result<(), StoreError>;

    /// Stores that it is hidden and records `QuestionHidden`.
    async fn save_hidden(
        &mut self,
        project: ProjectId,
        question: &Question,
    ) -> Result<(), StoreError>;
}

/// A page, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Of which project.
    pub project: ProjectId,
    /// At most so many.
    pub first: i64,
    /// Older than this one.
    pub after: Option<EventId>,
}
