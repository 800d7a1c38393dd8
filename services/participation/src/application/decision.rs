//! What the decisions about one participation have in common: the way in and the way out.

use ids::ParticipationId;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::ports::Tx;
use crate::domain::{Change, Offering, Participation, Refusal};

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// There is none, or it is not the caller's to know of.
    #[error("there is no participation {0}")]
    NoSuchParticipation(ParticipationId),
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

/// Stores the outcome with its answer, and makes it lasting.
pub(super) async fn conclude(
    mut tx: Box<dyn Tx>,
    key: &IdempotencyKey,
    (offering, participation): (Offering, Participation),
    change: Change,
) -> Result<Participation, StoreError> {
    tx.save(&offering, &participation, change).await?;
    tx.remember(key, &participation.id.to_string()).await?;
    tx.commit().await?;
    Ok(participation)
}
