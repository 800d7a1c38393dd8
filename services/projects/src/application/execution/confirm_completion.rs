//! An admin confirms that the costs are closed: COMPLETED.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::ExecutionError;
use crate::application::command::{conclude, known};
use crate::application::{App, CommandError};
use crate::domain::execution::SecondPerson;

/// Everything that could be open is looked at again: the final run can be proposed from here on. An
/// admin who is neither owner nor participant may; the fresh sign-in is checked at the door.
#[tracing::instrument(name = "projects.confirm_completion", skip_all)]
pub async fn confirm_completion(
    app: &App,
    actor: &Actor,
    key: String,
    id: ProjectId,
) -> Result<(), ExecutionError> {
    let admin = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("confirm_completion", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = known(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let goods = tx.goods(id).await?;
    let unmatched = tx.unmatched_claims(id).await?;
    let second = SecondPerson {
        admin,
        participants: &tx.participants(id).await?,
    };

    let fact = project.confirm_completion(&second, goods.as_ref(), unmatched)?;

    Ok(conclude(tx, &key, &project, fact).await?)
}
