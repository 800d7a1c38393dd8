//! What deposits need of the unit of work.

use async_trait::async_trait;
use ids::{TransferId, UserId};
use time::OffsetDateTime;
use uow::StoreError;

use crate::domain::Deposit;

/// The part of a unit of work that deposits need.
#[async_trait]
pub trait DepositsTx: Send {
    /// Whether somebody has an account on the platform, as far as Auth and Users told.
    async fn is_known(&mut self, user: UserId) -> Result<bool, StoreError>;

    /// Remembers that somebody has; again is the same as once.
    async fn keep_known(&mut self, user: UserId) -> Result<(), StoreError>;

    /// Stores the receipt, once its transfer is stored, and records `DepositBooked`, or
    /// `DepositUnmatched` when it is nobody's.
    async fn add_deposit(&mut self, deposit: &Deposit) -> Result<(), StoreError>;

    /// Locks a deposit, as it is now.
    async fn deposit_for_update(&mut self, id: TransferId) -> Result<Option<Deposit>, StoreError>;

    /// Stores that its user was found, by this transfer, and records `DepositBooked`.
    async fn save_matched(
        &mut self,
        deposit: &Deposit,
        transfer: TransferId,
        by: UserId,
    ) -> Result<(), StoreError>;

    /// Stores that it went back by this transfer, who did it and why, and records
    /// `DepositReturned`.
    async fn save_returned(
        &mut self,
        deposit: &Deposit,
        transfer: TransferId,
        by_and_why: (UserId, &str),
    ) -> Result<(), StoreError>;
}

/// A deposit that waits for its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// The deposit.
    pub deposit: Deposit,
    /// When it was booked.
    pub at: OffsetDateTime,
}
