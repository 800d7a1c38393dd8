//! The owner or an admin tells what an investor must know.

use authz::{Actor, Role};
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::known;
use super::{App, CommandError};
use crate::domain::Notice;

/// Participation withdraws what is not renewed in time, where that is asked; a new key information
/// sheet is issued. The project's owner may, and admins.
#[tracing::instrument(name = "projects.notify_material_change", skip_all)]
pub async fn notify_material_change(
    app: &App,
    actor: &Actor,
    key: String,
    (id, notice): (ProjectId, Notice),
) -> Result<(), CommandError> {
    let by = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("notify_material_change", key, &(id, &notice))?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = known(&mut *tx, actor, id).await?;
    if !actor.is(project.owner) && !actor.has(Role::Admin) {
        return Err(CommandError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    let change = project.notify_change(&notice, tx.now())?;

    tx.add_change(&project, &change, by).await?;
    tx.save(&project, &[]).await?;
    tx.remember(&key, &change.id.to_string()).await?;
    Ok(tx.commit().await?)
}
