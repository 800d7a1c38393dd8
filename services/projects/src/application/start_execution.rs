//! The owner begins to buy.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::{conclude, own};
use super::{App, CommandError};

/// Disbursements are allowed from here on, and the platform fee is earned. Only the owner may.
#[tracing::instrument(name = "projects.start_execution", skip_all)]
pub async fn start_execution(
    app: &App,
    actor: &Actor,
    key: String,
    id: ProjectId,
) -> Result<(), CommandError> {
    let key = IdempotencyKey::try_new("start_execution", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    let fact = project.start()?;

    conclude(tx, &key, &project, fact).await
}
