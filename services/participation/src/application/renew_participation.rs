//! The investor goes on after a material change of the project.

use authz::Actor;
use ids::{EventId, ParticipationId};
use uow::IdempotencyKey;

use super::decision::conclude;
use super::{App, DecisionError};
use crate::domain::Participation;

/// Renews it after the change that this notice tells of. Only the investor may.
#[tracing::instrument(name = "participation.renew_participation", skip_all)]
pub async fn renew_participation(
    app: &App,
    actor: &Actor,
    key: String,
    id: ParticipationId,
    notice: EventId,
) -> Result<Participation, DecisionError> {
    let key = IdempotencyKey::try_new("renew_participation", key, &(id, notice))?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.participation_for_update(id).await?;
    let (offering, mut participation) = found.ok_or(DecisionError::NoSuchParticipation(id))?;
    if !actor.is(participation.investor) {
        return Err(DecisionError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(participation);
    }

    let fact = participation.renew(notice, tx.now())?;

    let renewed = (offering, participation);
    Ok(conclude(tx, &key, renewed, fact.into(), Vec::new()).await?)
}
