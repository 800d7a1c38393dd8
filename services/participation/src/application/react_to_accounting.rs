//! What Accounting says about the money of a participation.

use ids::ParticipationId;
use uow::StoreError;

use super::ports::Tx;
use crate::domain::{Change, Refusal};

/// Accounting's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FundsWord {
    /// Set aside.
    Held,
    /// Not to be had.
    Refused,
    /// In the project's escrow.
    Captured,
    /// Back in the wallet, after a hold or after a capture.
    Released,
}

/// Why its word could not be followed: it contradicts what is known.
#[derive(Debug, thiserror::Error)]
pub enum FundsMovedError {
    /// Not one of ours.
    #[error("there is no participation {0}")]
    NoSuchParticipation(ParticipationId),
    /// Out of order.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Follows Accounting's word; the owner's own stake is taken as soon as it is held.
pub async fn funds_moved(
    tx: &mut dyn Tx,
    id: ParticipationId,
    word: FundsWord,
) -> Result<(), FundsMovedError> {
    let found = tx.participation_for_update(id).await?;
    let (mut offering, mut participation) =
        found.ok_or(FundsMovedError::NoSuchParticipation(id))?;

    let change = match word {
        FundsWord::Held => participation.held()?,
        FundsWord::Refused => offering.funds_refused(&mut participation)?,
        FundsWord::Captured => participation.captured().map(|()| Change::default())?,
        FundsWord::Released => participation.released().map(|()| Change::default())?,
    };

    tx.save(&offering, &participation, change).await?;
    if word == FundsWord::Held && participation.owner_stake {
        // Refused only when it has ended meanwhile or is overdue: then the sweep expires it.
        if let Ok(change) = offering.admit_own(&mut participation, tx.now()) {
            tx.save(&offering, &participation, change).await?;
        }
    }
    Ok(())
}
