//! What Accounting says about the money of a participation.

use ids::{ParticipationId, ProjectId};
use uow::StoreError;

use super::ports::Tx;
use super::room::{lock_concerned, promote};
use crate::domain::{ParticipationState, Refusal};

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

    let leaving = std::slice::from_ref(&participation);
    let waiting = match word {
        FundsWord::Refused => lock_concerned(tx, &offering, leaving).await?,
        FundsWord::Held | FundsWord::Captured | FundsWord::Released => Vec::new(),
    };

    let change = match word {
        FundsWord::Held => participation.held()?,
        FundsWord::Refused => offering.funds_refused(&mut participation, tx.now())?,
        FundsWord::Captured => participation.captured()?,
        FundsWord::Released => participation.released()?,
    };

    tx.save(&offering, &participation, change).await?;
    promote(tx, &mut offering, waiting).await?;
    if word == FundsWord::Held && participation.owner_stake {
        // Refused when it has ended meanwhile, is overdue (then the sweep expires it), or the
        // project is suspended (then it is taken when that is over).
        if let Ok(change) = offering.admit_own(&mut participation, tx.now()) {
            tx.save(&offering, &participation, change).await?;
        }
    }
    Ok(())
}

/// The liquidation of a cancelled project was posted: everybody in it has had their share.
pub async fn liquidation_posted(
    tx: &mut dyn Tx,
    project: ProjectId,
) -> Result<(), FundsMovedError> {
    let Some(offering) = tx.offering_for_update(project).await? else {
        return Ok(());
    };
    for mut one in tx.participations(&offering).await? {
        if matches!(
            one.state,
            ParticipationState::Active | ParticipationState::Approved
        ) {
            let fact = one.liquidate()?;
            tx.save(&offering, &one, fact.into()).await?;
        }
    }
    Ok(())
}
