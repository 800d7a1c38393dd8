//! Why a deposit is not booked, matched or returned, and what becomes of its bank reference.

use ids::{TransferId, UserId};
use uow::{StoreError, UnusableKey};

use super::ports::BookingError;
use crate::domain::DepositRefusal;

/// Why nothing was done; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DepositError {
    /// Only a treasurer books deposits, and none of one's own.
    #[error("only a treasurer books deposits, and none of one's own")]
    Forbidden,
    /// Without a reference nobody could tell it from another one.
    #[error("a bank reference is required, of at most 140 characters")]
    NoReference,
    /// The bank's movement was booked before.
    #[error("this bank reference was booked before")]
    ReferenceUsed,
    /// Nobody of this id has an account here.
    #[error("there is no user {0}: book it as an unmatched deposit")]
    NoSuchUser(UserId),
    /// There is none.
    #[error("there is no deposit {0}")]
    NoSuchDeposit(TransferId),
    /// A note that is too long, or that not everybody sees alike.
    #[error(transparent)]
    Note(#[from] text::Unfit),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// A rule refuses.
    #[error(transparent)]
    Refused(#[from] DepositRefusal),
    /// The ledger refuses.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
