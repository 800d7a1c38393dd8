//! A person looks at their inbox.

use authz::Actor;
use ids::NoticeId;
use uow::StoreError;

use super::App;
use super::ports::Notice;

/// The most notices that one page holds.
pub const PAGE_MAX: u8 = 100;

/// Why an inbox stays shut.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// Only persons have one, each their own.
    #[error("only a signed-in person has an inbox")]
    Forbidden,
    /// The person has no such notice.
    #[error("there is no notice {0}")]
    NoSuchNotice(NoticeId),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The caller's own notices before `before`, newest first, and how many of all are unread.
#[tracing::instrument(name = "notification.inbox", skip_all)]
pub async fn inbox(
    app: &App,
    actor: &Actor,
    before: Option<NoticeId>,
    first: u8,
) -> Result<(Vec<Notice>, i64), InboxError> {
    let user = actor.user().ok_or(InboxError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let notices = tx.inbox(user, before, first.clamp(1, PAGE_MAX)).await?;
    Ok((notices, tx.unread(user).await?))
}
