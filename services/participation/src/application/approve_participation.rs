//! The project's owner takes a request.

use authz::Actor;
use ids::ParticipationId;
use uow::IdempotencyKey;

use super::decision::conclude;
use super::{App, DecisionError};
use crate::domain::Participation;

/// Takes a held request: Accounting captures its money. Only the project's owner may.
#[tracing::instrument(name = "participation.approve_participation", skip_all)]
pub async fn approve_participation(
    app: &App,
    actor: &Actor,
    key: String,
    id: ParticipationId,
) -> Result<Participation, DecisionError> {
    let key = IdempotencyKey::try_new("approve_participation", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.participation_for_update(id).await?;
    let (mut offering, mut participation) = found.ok_or(DecisionError::NoSuchParticipation(id))?;
    if !actor.is(offering.state().owner) {
        return Err(DecisionError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(participation);
    }

    let change = offering.approve(&mut participation, offering.state().owner, tx.now())?;

    Ok(conclude(tx, &key, (offering, participation), change).await?)
}
