//! What payouts need of the unit of work.

use async_trait::async_trait;
use ids::{PayoutId, UserId};
use money::{Currency, Money};
use time::OffsetDateTime;
use uow::StoreError;

use crate::domain::{Payee, Payout, PayoutAccount};

/// The part of a unit of work that payouts need.
#[async_trait]
pub trait PayoutsTx: Send {
    /// What Users said last of somebody; of a stranger, that nothing is known.
    async fn payee(&mut self, user: UserId) -> Result<Payee, StoreError>;

    /// Keeps what Users said last.
    async fn keep_payee(&mut self, payee: &Payee) -> Result<(), StoreError>;

    /// Locks where somebody is paid out to; none was set yet.
    async fn payout_account_for_update(
        &mut self,
        user: UserId,
    ) -> Result<Option<PayoutAccount>, StoreError>;

    /// Stores it and records `PayoutAccountChanged`.
    async fn save_payout_account(
        &mut self,
        user: UserId,
        account: &PayoutAccount,
    ) -> Result<(), StoreError>;

    /// What somebody asked for since then without a second person, but for what failed. Ask when
    /// the wallet is locked.
    async fn drawn_alone(
        &mut self,
        user: UserId,
        currency: Currency,
        since: OffsetDateTime,
    ) -> Result<Money, StoreError>;

    /// Locks a payout.
    async fn payout_for_update(&mut self, id: PayoutId) -> Result<Option<Payout>, StoreError>;

    /// Stores a new payout, once its hold is stored, and records `PayoutRequested`.
    async fn add_payout(&mut self, payout: &Payout) -> Result<(), StoreError>;

    /// Stores the agreement and records `PayoutAgreed`.
    async fn save_agreed_payout(&mut self, payout: &Payout) -> Result<(), StoreError>;

    /// Stores that it failed, with its reason, and records `PayoutFailed`.
    async fn save_failed_payout(&mut self, payout: &Payout, by: UserId) -> Result<(), StoreError>;

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
