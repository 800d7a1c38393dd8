//! The owner wants units written off.

use authz::Actor;
use ids::{ClosureId, ProjectId};
use serde::Serialize;
use uow::{IdempotencyKey, StoreError};

use super::ExecutionError;
use super::step::moving_goods;
use crate::application::App;
use crate::application::command::own;

/// Units of one product.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeWriteOff {
    /// Of which project.
    pub project: ProjectId,
    /// Of which product.
    pub sku: String,
    /// How many.
    pub units: i64,
    /// Why, in 1 to 500 characters.
    pub reason: String,
}

/// Wants them gone. Only the project's owner may; they stay in the stock until an admin
/// agrees. The same key gets the same proposal.
#[tracing::instrument(name = "projects.propose_write_off", skip_all)]
pub async fn propose_write_off(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: ProposeWriteOff,
) -> Result<ClosureId, ExecutionError> {
    let key = IdempotencyKey::try_new("propose_write_off", key, &cmd)?;
    let mut tx = app.store.begin(actor).await?;
    let project = own(&mut *tx, actor, cmd.project).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let goods = moving_goods(&mut *tx, &project).await?;

    let units = (cmd.sku, cmd.units);
    let closure = goods.propose_write_off(ClosureId::new(), units, &cmd.reason)?;

    tx.add_closure(&project, &closure).await?;
    tx.remember(&key, &closure.id.to_string()).await?;
    tx.commit().await?;
    Ok(closure.id)
}
