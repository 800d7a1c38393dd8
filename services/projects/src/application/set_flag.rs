//! An admin says what everybody must know of a project.

use authz::Actor;
use ids::ProjectId;
use uow::IdempotencyKey;

use super::command::{conclude, known};
use super::{App, CommandError};
use crate::domain::Flag;
use crate::domain::execution::SecondPerson;

/// SUSPENDED refuses requests, approvals and disbursements from here on. An admin who is neither
/// owner nor participant may; the fresh sign-in is checked at the door.
#[tracing::instrument(name = "projects.set_flag", skip_all)]
pub async fn set_flag(
    app: &App,
    actor: &Actor,
    key: String,
    (id, flag, reason): (ProjectId, Flag, String),
) -> Result<(), CommandError> {
    let admin = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("set_flag", key, &(id, flag, &reason))?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = known(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let second = SecondPerson {
        admin,
        participants: &tx.participants(id).await?,
    };

    let fact = project.set_flag(flag, &reason, &second)?;

    conclude(tx, &key, &project, fact).await
}
