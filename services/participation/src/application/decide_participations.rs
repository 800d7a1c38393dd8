//! The project's owner takes requests or turns them down: one, or up to two hundred at once.

use std::collections::HashMap;

use authz::Actor;
use ids::{ParticipationId, ProjectId};
use serde::{Deserialize, Serialize};
use uow::{IdempotencyKey, StoreError};

use super::ports::Tx;
use super::room::{lock_concerned, promote};
use super::{App, DecisionError, Refused};
use crate::domain::{Offering, Participation, ParticipationState, Refusal};

/// One call decides about at most so many.
const DECISIONS_MAX: usize = 200;

/// What the owner says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// Takes it: Accounting captures its money.
    Approve,
    /// Turns it down with this reason: Accounting voids its hold.
    Reject(String),
}

/// About which one.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    /// Of the project.
    pub id: ParticipationId,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// The answer to one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// About which one.
    pub id: ParticipationId,
    /// As it stands now, or why nothing changed.
    pub outcome: Result<Participation, Refused>,
}

/// What is kept of it for the same key.
#[derive(Serialize, Deserialize)]
struct Answer {
    id: ParticipationId,
    refused: Option<Refused>,
}

/// Decides about one participation. Only the project's owner may.
#[tracing::instrument(name = "participation.decide_participation", skip_all)]
pub async fn decide_participation(
    app: &App,
    actor: &Actor,
    key: String,
    decision: Decision,
) -> Result<Participation, DecisionError> {
    let id = decision.id;
    let key = match &decision.verdict {
        Verdict::Approve => IdempotencyKey::try_new("approve_participation", key, &id)?,
        Verdict::Reject(reason) => {
            IdempotencyKey::try_new("reject_participation", key, &(id, reason))?
        }
    };
    let mut tx = app.store.begin(actor).await?;
    let found = tx.participation_for_update(id).await?;
    let (mut offering, participation) = found.ok_or(DecisionError::NoSuchParticipation(id))?;
    if !actor.is(offering.state().owner) {
        return Err(DecisionError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(participation);
    }
    let mut outcomes = decide_each(&mut *tx, &mut offering, &[decision]).await?;
    let decided = outcomes
        .pop()
        .ok_or(DecisionError::NoSuchParticipation(id))??;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(decided)
}

/// Decides about each in the order given: one lock, one unit of work, an answer for each. Only the
/// project's owner may.
#[tracing::instrument(name = "participation.decide_participations", skip_all)]
pub async fn decide_participations(
    app: &App,
    actor: &Actor,
    key: String,
    project: ProjectId,
    decisions: Vec<Decision>,
) -> Result<Vec<Decided>, DecisionError> {
    let key = IdempotencyKey::try_new("decide_participations", key, &(project, &decisions))?;
    if decisions.is_empty() || decisions.len() > DECISIONS_MAX {
        return Err(Refusal::DecisionsCount { max: DECISIONS_MAX }.into());
    }
    let mut tx = app.store.begin(actor).await?;
    let offering = tx.offering_for_update(project).await?;
    let mut offering = offering.ok_or(DecisionError::NoSuchOffering(project))?;
    if !actor.is(offering.state().owner) {
        return Err(DecisionError::Forbidden);
    }
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answered(&mut *tx, &offering, &answer).await?);
    }
    let outcomes = decide_each(&mut *tx, &mut offering, &decisions).await?;
    let decided: Vec<_> = decisions
        .iter()
        .zip(outcomes)
        .map(|(decision, outcome)| Decided {
            id: decision.id,
            outcome: outcome.map_err(|refusal| Refused::from(&refusal)),
        })
        .collect();
    let answers: Vec<_> = decided
        .iter()
        .map(|one| Answer {
            id: one.id,
            refused: one.outcome.as_ref().err().cloned(),
        })
        .collect();
    let answer = serde_json::to_string(&answers).map_err(StoreError::failed)?;
    tx.remember(&key, &answer).await?;
    tx.commit().await?;
    Ok(decided)
}

/// What was refused stays so; what was decided is shown as it stands now.
async fn answered(
    tx: &mut dyn Tx,
    offering: &Offering,
    answer: &str,
) -> Result<Vec<Decided>, StoreError> {
    let answers: Vec<Answer> = serde_json::from_str(answer).map_err(StoreError::failed)?;
    let ids: Vec<_> = answers.iter().map(|answer| answer.id).collect();
    let chosen = chosen(tx, offering, &ids).await?;
    let decided = |Answer { id, refused }| {
        let outcome = match refused {
            Some(refused) => Err(refused),
            None => match chosen.get(&id) {
                Some(one) => Ok(one.clone()),
                None => return Err(StoreError::failed("the answer names no participation")),
            },
        };
        Ok(Decided { id, outcome })
    };
    answers.into_iter().map(decided).collect()
}

async fn decide_each(
    tx: &mut dyn Tx,
    offering: &mut Offering,
    decisions: &[Decision],
) -> Result<Vec<Result<Participation, Refusal>>, StoreError> {
    let ids: Vec<_> = decisions.iter().map(|decision| decision.id).collect();
    let mut chosen = chosen(tx, offering, &ids).await?;
    let asks = |one: &&Participation| one.state == ParticipationState::Requested;
    let leaving: Vec<_> = chosen.values().filter(asks).cloned().collect();
    let waiting = lock_concerned(tx, offering, &leaving).await?;
    let (owner, now) = (offering.state().owner, tx.now());
    let mut outcomes = Vec::with_capacity(decisions.len());
    for Decision { id, verdict } in decisions {
        let Some(one) = chosen.get_mut(id) else {
            outcomes.push(Err(Refusal::NotInProject));
            continue;
        };
        let change = match verdict {
            Verdict::Approve => offering.approve(one, owner, now),
            Verdict::Reject(reason) => offering.reject(one, reason, now),
        };
        outcomes.push(match change {
            Ok(change) => {
                tx.save(offering, one, change).await?;
                Ok(one.clone())
            }
            Err(refusal) => Err(refusal),
        });
    }
    promote(tx, offering, waiting).await?;
    Ok(outcomes)
}

async fn chosen(
    tx: &mut dyn Tx,
    offering: &Offering,
    ids: &[ParticipationId],
) -> Result<HashMap<ParticipationId, Participation>, StoreError> {
    let chosen = tx.chosen(offering, ids).await?;
    Ok(chosen.into_iter().map(|one| (one.id, one)).collect())
}
