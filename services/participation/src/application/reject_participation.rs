//! The project's owner turns a request down.

use authz::Actor;
use ids::ParticipationId;
use uow::IdempotencyKey;

use super::decision::conclude;
use super::{App, DecisionError};
use crate::domain::Participation;

/// Turns a request down with a reason: Accounting voids its hold. Only the project's owner may.
#[tracing::instrument(name = "participation.reject_participation", skip_all)]
pub async fn reject_participation(
    app: &App,
    actor: &Actor,
    key: String,
    id: ParticipationId,
    reason: &str,
) -> Result<Participation, DecisionError> {
    let key = IdempotencyKey::try_new("reject_participation", key, &(id, reason))?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.participation_for_update(id).await?;
    let (mut offering, mut participation) = found.ok_or(DecisionError::NoSuchParticipation(id))?;
    if !actor.is(offering.state().owner) {
        return Err(DecisionError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(participation);
    }

    let change = offering.reject(&mut participation, reason, tx.now())?;

    Ok(conclude(tx, &key, (offering, participation), change).await?)
}
