//! An admin agrees to what the owner proposed to write off or to buy back.

use authz::Actor;
use ids::{ClosureId, ProjectId};
use uow::IdempotencyKey;

use super::ExecutionError;
use super::step::moving_goods;
use crate::application::command::known;
use crate::application::{App, CommandError};
use crate::domain::execution::SecondPerson;

/// Takes the units out of the stock; from here on the owner owes the price of a buy-back. An admin
/// who is neither owner nor participant may.
#[tracing::instrument(name = "projects.agree_stock_closure", skip_all)]
pub async fn agree_stock_closure(
    app: &App,
    actor: &Actor,
    key: String,
    (id, closure): (ProjectId, ClosureId),
) -> Result<(), ExecutionError> {
    let admin = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("agree_stock_closure", key, &(id, closure))?;
    let mut tx = app.store.begin(actor).await?;
    let project = known(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let mut goods = moving_goods(&mut *tx, &project).await?;
    let found = tx.closure(&project, closure).await?;
    let mut closure = found.ok_or(ExecutionError::NoSuchClosure(closure))?;
    let second = SecondPerson {
        admin,
        participants: &tx.participants(id).await?,
    };

    goods.agree(&mut closure, &project, &second)?;

    tx.save_agreement(id, &goods, &closure).await?;
    tx.remember(&key, &closure.id.to_string()).await?;
    Ok(tx.commit().await?)
}
