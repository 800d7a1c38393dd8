//! The owner opens the funding.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::{conclude, own};
use super::{App, CommandError};

/// Participation opens the offering upon it. Only the project's owner may.
#[tracing::instrument(name = "projects.open_funding", skip_all)]
pub async fn open_funding(
    app: &App,
    actor: &Actor,
    key: String,
    id: ProjectId,
) -> Result<(), CommandError> {
    let key = IdempotencyKey::try_new("open_funding", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    let fact = project.open_funding(tx.now())?;

    conclude(tx, &key, &project, fact).await
}
