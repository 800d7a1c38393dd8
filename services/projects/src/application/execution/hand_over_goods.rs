//! The holder of an allotment takes it.

use authz::Actor;
use ids::{ParticipationId, ProjectId};
use uow::IdempotencyKey;

use super::ExecutionError;
use super::step::moving_goods;
use crate::application::command::known;
use crate::application::{App, CommandError};
use crate::domain::execution::ExecutionRefusal;

/// Records the acceptance of the whole allotment, once. Only its holder may: nobody accepts goods
/// for somebody else.
#[tracing::instrument(name = "projects.hand_over_goods", skip_all)]
pub async fn hand_over_goods(
    app: &App,
    actor: &Actor,
    key: String,
    (id, participation): (ProjectId, ParticipationId),
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("hand_over_goods", key, &(id, participation))?;
    let mut tx = app.store.begin(actor).await?;
    let project = known(&mut *tx, actor, id).await?;
    let mut goods = moving_goods(&mut *tx, &project).await?;
    let allotment = tx.allotment(id, participation).await?;
    let mut allotment = allotment.ok_or(ExecutionRefusal::NothingAllotted)?;
    if !actor.is(allotment.investor) {
        return Err(CommandError::Forbidden.into());
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    goods.hand_over(&mut allotment)?;

    tx.save_hand_over(id, &goods, &allotment).await?;
    tx.remember(&key, &participation.to_string()).await?;
    Ok(tx.commit().await?)
}
