//! An event is told to a person.

use ids::{EventId, NoticeId, ProjectId, UserId};
use uow::StoreError;

use super::ports::{Notice, Tx};
use crate::domain::{Facts, Kind, Language, render};

/// Whom to tell, and how.
#[derive(Clone, Copy, Debug)]
pub struct Addressee {
    /// Whose inbox.
    pub user: UserId,
    /// What they read.
    pub language: Language,
}

/// Puts the notice into the inbox, inside the unit of work that moves the consumer on.
#[tracing::instrument(name = "notification.notify", skip_all)]
pub async fn notify(
    tx: &mut dyn Tx,
    (event, kind): (EventId, Kind),
    to: Addressee,
    (project, facts): (Option<ProjectId>, Facts<'_>),
) -> Result<(), StoreError> {
    let notice = Notice {
        id: NoticeId::new(),
        user: to.user,
        kind,
        text: render(kind, to.language, facts),
        project,
        at: tx.now(),
        read_at: None,
    };
    tx.add(event, &notice).await
}
