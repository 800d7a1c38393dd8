//! The owner says what is offered.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::{conclude, own};
use super::{App, CommandError};
use crate::domain::Terms;

/// Takes the terms of a draft and works costs and goal out anew. Only the project's owner may.
#[tracing::instrument(name = "projects.set_terms", skip_all)]
pub async fn set_terms(
    app: &App,
    actor: &Actor,
    key: String,
    (id, terms): (ProjectId, Terms),
) -> Result<(), CommandError> {
    let key = IdempotencyKey::try_new("set_terms", key, &(id, &terms))?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    let fact = project.set_terms(terms)?;

    conclude(tx, &key, &project, fact).await
}
