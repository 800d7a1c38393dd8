//! The investor takes a request, a place in the waiting list, or a participation that cools off,
//! back.

use authz::Actor;
use ids::ParticipationId;
use uow::IdempotencyKey;

use super::decision::conclude;
use super::room::lock_concerned;
use super::{App, DecisionError};
use crate::domain::Participation;

/// Gives the room back; Accounting voids the hold or pays back. Only the investor may.
#[tracing::instrument(name = "participation.withdraw_participation", skip_all)]
pub async fn withdraw_participation(
    app: &App,
    actor: &Actor,
    key: String,
    id: ParticipationId,
) -> Result<Participation, DecisionError> {
    let key = IdempotencyKey::try_new("withdraw_participation", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.participation_for_update(id).await?;
    let (mut offering, mut participation) = found.ok_or(DecisionError::NoSuchParticipation(id))?;
    if !actor.is(participation.investor) {
        return Err(DecisionError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(participation);
    }
    let leaving = std::slice::from_ref(&participation);
    let waiting = lock_concerned(&mut *tx, &offering, leaving).await?;

    let change = offering.withdraw(&mut participation, tx.now())?;

    Ok(conclude(tx, &key, (offering, participation), change, waiting).await?)
}
