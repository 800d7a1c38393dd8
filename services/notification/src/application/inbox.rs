//! A person looks at their inbox.

use authz::Actor;
use ids::NoticeId;
use uow::{StoreError, UnusableKey};

use super::App;
use super::ports::Notice;
use crate::domain::{Facts, Kind, Language, Text, render};

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
    /// What cannot be switched off.
    #[error("notices of the kind {0} are required: money, decisions, safety, material changes")]
    Required(Kind),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A page of an inbox.
#[derive(Debug)]
pub struct Page {
    /// Newest first, each as its reader reads it.
    pub notices: Vec<(Notice, Text)>,
    /// Of all, not of this page.
    pub unread: i64,
}

/// The caller's own notices before `before`, at most `first`: one more than a page tells whether
/// another follows.
#[tracing::instrument(name = "notification.inbox", skip_all)]
pub async fn inbox(
    app: &App,
    actor: &Actor,
    before: Option<NoticeId>,
    first: u8,
) -> Result<Page, InboxError> {
    let user = actor.user().ok_or(InboxError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let notices = tx.inbox(user, before, first.clamp(1, PAGE_MAX + 1)).await?;
    let unread = tx.unread(user).await?;
    let worded = |notice: Notice| {
        let text = word(&notice, notice.language.unwrap_or_default());
        (notice, text)
    };
    Ok(Page {
        notices: notices.into_iter().map(worded).collect(),
        unread,
    })
}

/// The notice in a language.
pub(super) fn word(notice: &Notice, language: Language) -> Text {
    let facts = Facts {
        project: &notice.project_name,
        amount: notice.about.amount,
        reason: &notice.about.reason,
        country: &notice.country,
    };
    render(notice.kind, language, facts)
}
