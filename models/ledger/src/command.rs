//! What can be asked of the ledger, and the transfers that it keeps.

use ids::{AccountId, TransferId};
use money::Currency;
use strum::{Display, EnumString, IntoStaticStr};

/// A command. Its `id` is made by the caller and makes it safe to repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Moves money, at once or as a hold.
    Transfer {
        /// The transfer's id.
        id: TransferId,
        /// The account that is debited.
        debit: AccountId,
        /// The account that is credited.
        credit: AccountId,
        /// Above zero, at most 10^15 minor units.
        amount_minor: i64,
        /// The currency of both accounts.
        currency: Currency,
        /// At once or held.
        phase: Phase,
    },
    /// Posts a pending transfer; what is not posted is released.
    PostPending {
        /// The id of the posting.
        id: TransferId,
        /// The pending transfer.
        pending: TransferId,
        /// At most what is pending; none posts all of it.
        amount_minor: Option<i64>,
    },
    /// Releases a pending transfer.
    VoidPending {
        /// The id of the release.
        id: TransferId,
        /// The pending transfer.
        pending: TransferId,
    },
    /// Releases a pending transfer whose time is over; the caller has the clock.
    ExpirePending {
        /// The id of the release.
        id: TransferId,
        /// The pending transfer.
        pending: TransferId,
    },
}

impl Command {
    /// The id that makes the command safe to repeat.
    pub const fn id(&self) -> TransferId {
        match self {
            Self::Transfer { id, .. }
            | Self::PostPending { id, .. }
            | Self::VoidPending { id, .. }
            | Self::ExpirePending { id, .. } => *id,
        }
    }
}

/// Whether a new transfer is posted at once or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Posted at once.
    Posted,
    /// Held, until it is posted, voided or expired.
    Pending,
}

/// A transfer in the book. Immutable, but for the state of a pending one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// The account that was debited.
    pub debit: AccountId,
    /// The account that was credited.
    pub credit: AccountId,
    /// What was moved, held or released, above zero.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// What it did.
    pub kind: TransferKind,
}

/// What a transfer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferKind {
    /// Moved money at once.
    Posted,
    /// Held money.
    Pending(PendingState),
    /// Posted a pending transfer, in full or in part.
    PostPending(TransferId),
    /// Voided a pending transfer.
    VoidPending(TransferId),
    /// Expired a pending transfer.
    ExpirePending(TransferId),
}

/// What became of a pending transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PendingState {
    /// Nothing yet: the money is held.
    Open,
    /// Posted, in full or in part.
    Posted,
    /// Released.
    Voided,
    /// Released by the clock.
    Expired,
}

/// The answer to a command that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was booked now.
    Created,
    /// It was booked before; nothing changed.
    Exists,
}
