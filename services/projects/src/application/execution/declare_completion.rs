//! The owner says that the costs are closed.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::ExecutionError;
use crate::application::App;
use crate::application::command::{conclude, own};

/// Refused with everything that is still open. Only the project's owner may; an admin confirms.
#[tracing::instrument(name = "projects.declare_completion", skip_all)]
pub async fn declare_completion(
    app: &App,
    actor: &Actor,
    key: String,
    id: ProjectId,
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("declare_completion", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let goods = tx.goods(id).await?;
    let unmatched = tx.unmatched_claims(id).await?;

    let fact = project.declare_completion(goods.as_ref(), unmatched)?;

    Ok(conclude(tx, &key, &project, fact).await?)
}
