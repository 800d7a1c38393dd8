//! What the commands about one participation have in common: the refusals and the way out.

use ids::{ParticipationId, ProjectId};
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::ports::Tx;
use super::room::promote;
use crate::domain::{Change, Offering, Participation, Refusal};

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// There is none, or it is not the caller's to know of.
    #[error("there is no participation {0}")]
    NoSuchParticipation(ParticipationId),
    /// Not open for funding, or unknown.
    #[error("there is no offering of project {0}")]
    NoSuchOffering(ProjectId),
    /// It is somebody else's decision.
    #[error("this is not yours to decide")]
    Forbidden,
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores the outcome with its answer, gives what became free to the waiting list, and makes all
/// of it lasting.
pub(super) async fn conclude(
    mut tx: Box<dyn Tx>,
    key: &IdempotencyKey,
    (mut offering, participation): (Offering, Participation),
    change: Change,
    waiting: Vec<Participation>,
) -> Result<Participation, StoreError> {
    tx.save(&offering, &participation, change).await?;
    promote(&mut *tx, &mut offering, waiting).await?;
    tx.remember(key, &participation.id.to_string()).await?;
    tx.commit().await?;
    Ok(participation)
}
