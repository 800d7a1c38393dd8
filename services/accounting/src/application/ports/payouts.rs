//! What payouts need of the unit of work.

use async_trait::async_trait;
use ids::{PayoutId, UserId};
use time::OffsetDateTime;
use uow::StoreError;

use crate::domain::{Payee, Payout};

/// The part of a unit of work that payouts need.
#[async_trait]
pub trait PayoutsTx: Send {
    /// What Users said last of somebody; of a stranger, that nothing is known.
    async fn payee(&mut self, user: UserId) -> Result<Payee, StoreError>;

    /// Keeps what Users said last.
    async fn keep_payee(&mut self, payee: &Payee) -> Result<(), StoreError>;

    /// Locks a payout.
    async fn payout_for_update(&mut self, id: PayoutId) -> Result<Option<Payout>, StoreError>;

    /// Stores a new payout, once its hold is stored, and records `PayoutRequested`.
    async fn add_payout(&mut self, payout: &Payout) -> Result<(), StoreError>;

    /// Stores that it was paid and records `PayoutPaid`.
    async fn save_paid_payout(
        &mut self,
        payout: &Payout,
        by: UserId,
        bank_reference: &str,
    ) -> Result<(), StoreError>;
}

/// A payout and when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedPayout {
    /// The payout.
    pub payout: Payout,
    /// When.
    pub requested_at: OffsetDateTime,
}
