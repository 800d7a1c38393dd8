//! A person has read everything.

use authz::Actor;

use super::App;
use super::inbox::InboxError;

/// Notes it of all that is there now; answers how many were not read.
#[tracing::instrument(name = "notification.mark_all_read", skip_all)]
pub async fn mark_all_read(app: &App, actor: &Actor) -> Result<i64, InboxError> {
    let user = actor.user().ok_or(InboxError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let marked = tx.mark_all_read(user).await?;
    tx.commit().await?;
    Ok(marked)
}
