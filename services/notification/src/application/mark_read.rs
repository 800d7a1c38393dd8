//! A person has read a notice.

use authz::Actor;
use ids::NoticeId;

use super::App;
use super::inbox::InboxError;

/// Notes it; a second time changes nothing.
#[tracing::instrument(name = "notification.mark_read", skip_all)]
pub async fn mark_read(app: &App, actor: &Actor, id: NoticeId) -> Result<(), InboxError> {
    let user = actor.user().ok_or(InboxError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    if !tx.mark_read(user, id).await? {
        return Err(InboxError::NoSuchNotice(id));
    }
    tx.commit().await?;
    Ok(())
}
