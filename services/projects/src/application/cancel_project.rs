//! The owner, or later an admin, ends the project.

use authz::{Actor, Role};
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::{conclude, known};
use super::{App, CommandError};
use crate::domain::CancelledBy;

/// Everything that was held or captured goes back; in execution the goods are liquidated.
#[tracing::instrument(name = "projects.cancel_project", skip_all)]
pub async fn cancel_project(
    app: &App,
    actor: &Actor,
    key: String,
    (id, reason): (ProjectId, String),
) -> Result<(), CommandError> {
    let key = IdempotencyKey::try_new("cancel_project", key, &(id, &reason))?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = known(&mut *tx, actor, id).await?;
    let by = if actor.is(project.owner) {
        CancelledBy::Owner
    } else if actor.has(Role::Admin) {
        CancelledBy::Admin
    } else {
        return Err(CommandError::Forbidden);
    };
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    let fact = project.cancel(by, actor.user(), &reason)?;

    conclude(tx, &key, &project, fact).await
}
