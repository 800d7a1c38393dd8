//! An admin lets the project start.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::{conclude, known};
use super::{App, CommandError};

/// Accounting freezes the snapshot upon it. An admin who is neither owner nor participant may; the
/// fresh sign-in is checked at the door.
#[tracing::instrument(name = "projects.approve_project", skip_all)]
pub async fn approve_project(
    app: &App,
    actor: &Actor,
    key: String,
    id: ProjectId,
) -> Result<(), CommandError> {
    let admin = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("approve_project", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = known(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let participants = tx.participants(id).await?;

    let fact = project.approve(admin, &participants, tx.now())?;

    conclude(tx, &key, &project, fact).await
}
