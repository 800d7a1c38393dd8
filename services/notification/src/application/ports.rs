//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::{EventId, NoticeId, ProjectId, UserId};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{Kind, Text};

/// A notice in somebody's inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name; later notices sort later.
    pub id: NoticeId,
    /// Whose inbox.
    pub user: UserId,
    /// What it tells of.
    pub kind: Kind,
    /// In the reader's language.
    pub text: Text,
    /// The project that it is about, if any.
    pub project: Option<ProjectId>,
    /// In business time.
    pub at: OffsetDateTime,
    /// When it was read.
    pub read_at: Option<OffsetDateTime>,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
#[async_trait]
pub trait Tx: UnitOfWork {
    /// Stores a notice, once per event and person: a second time nothing happens.
    async fn add(&mut self, event: EventId, notice: &Notice) -> Result<(), StoreError>;
    /// Notes that it was read, the first time; false when the person has no such notice.
    async fn mark_read(&mut self, user: UserId, id: NoticeId) -> Result<bool, StoreError>;
    /// The person's notices before `before`, newest first, `first` at most.
    async fn inbox(
        &mut self,
        user: UserId,
        before: Option<NoticeId>,
        first: u8,
    ) -> Result<Vec<Notice>, StoreError>;
    /// How many the person has not read.
    async fn unread(&mut self, user: UserId) -> Result<i64, StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
}
