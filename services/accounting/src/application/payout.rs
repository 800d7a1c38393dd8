//! Why money does not leave a wallet.

use ids::PayoutId;
use uow::{StoreError, UnusableKey};

use super::ports::BookingError;
use crate::domain::PayoutRefusal;

/// Why there is no payout, or why it is not confirmed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    /// Only a person takes money out, only a treasurer confirms.
    #[error("this is not yours to do")]
    Forbidden,
    /// There is none.
    #[error("there is no payout {0}")]
    NoSuchPayout(PayoutId),
    /// Without a reference nobody could tell it from another one.
    #[error("a bank reference is required, of at most 140 characters")]
    NoReference,
    /// Another payment bears this reference.
    #[error("a payment with this bank reference was confirmed before")]
    ReferenceUsed,
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// A rule refuses.
    #[error(transparent)]
    Refused(#[from] PayoutRefusal),
    /// The ledger refuses.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
