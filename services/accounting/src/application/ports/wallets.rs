//! Wallets, the payouts that wait and the trial balance, as they are read.

use async_trait::async_trait;
use authz::Actor;
use ids::{PayoutId, ProjectId, TransferId, UserId};
use money::Currency;
use time::OffsetDateTime;
use uow::StoreError;

use super::{QueuedPayout, Unmatched};
use crate::domain::{AccountKind, Deposit, PayoutAccount, Purpose};

/// What became of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryPhase {
    /// Held.
    Pending,
    /// Moved.
    Posted,
    /// Held once, and given back.
    Voided,
}

/// One line of a wallet's statement: a transfer, as this wallet sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletEntry {
    /// Which.
    pub transfer: TransferId,
    /// Why.
    pub purpose: Purpose,
    /// Below zero: out of the wallet.
    pub amount_minor: i64,
    /// What became of it.
    pub phase: EntryPhase,
    /// When it was booked.
    pub at: OffsetDateTime,
    /// The project whose escrow it touches.
    pub project: Option<ProjectId>,
}

/// A wallet in one currency; `available = balance - held`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WalletView {
    /// What is in it.
    pub balance_minor: i64,
    /// What of it is held.
    pub held_minor: i64,
    /// Its owner's identity is not verified at this moment: nothing is paid out.
    pub blocked: bool,
}

/// Which entries of a wallet, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntriesPage {
    /// Of this purpose alone.
    pub purpose: Option<Purpose>,
    /// Of this project alone.
    pub project: Option<ProjectId>,
    /// How many.
    pub first: i64,
    /// Those before this one.
    pub after: Option<TransferId>,
}

/// What moved in a wallet from one moment on and before another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// What was in it before.
    pub opening_minor: i64,
    /// What was posted, oldest first.
    pub entries: Vec<WalletEntry>,
}

/// All accounts of one kind in one currency, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindBalance {
    /// Which.
    pub kind: AccountKind,
    /// Posted debits.
    pub debits_minor: i64,
    /// Posted credits.
    pub credits_minor: i64,
    /// Held, on either side.
    pub pending_minor: i64,
}

/// The queries, each in the actor's tenant.
#[async_trait]
pub trait WalletReads: Send + Sync {
    /// A user's wallet; one that never held anything is empty.
    async fn wallet(
        &self,
        actor: &Actor,
        user: UserId,
        currency: Currency,
    ) -> Result<WalletView, StoreError>;

    /// A page of its entries.
    async fn wallet_entries(
        &self,
        actor: &Actor,
        wallet: (UserId, Currency),
        page: EntriesPage,
    ) -> Result<Vec<WalletEntry>, StoreError>;

    /// What moved in a period.
    async fn statement(
        &self,
        actor: &Actor,
        wallet: (UserId, Currency),
        period: (OffsetDateTime, OffsetDateTime),
    ) -> Result<Statement, StoreError>;

    /// One deposit, as it is now.
    async fn deposit(&self, actor: &Actor, id: TransferId) -> Result<Option<Deposit>, StoreError>;

    /// Deposits that wait for their user, oldest first.
    async fn suspense(&self, actor: &Actor) -> Result<Vec<Unmatched>, StoreError>;

    /// Where somebody is paid out to.
    async fn payout_account(
        &self,
        actor: &Actor,
        user: UserId,
    ) -> Result<Option<PayoutAccount>, StoreError>;

    /// One payout.
    async fn payout(&self, actor: &Actor, id: PayoutId)
    -> Result<Option<QueuedPayout>, StoreError>;

    /// Payouts that wait for the bank, oldest first.
    async fn payout_queue(&self, actor: &Actor) -> Result<Vec<QueuedPayout>, StoreError>;

    /// The sums of the accounts, by kind.
    async fn trial_balance(
        &self,
        actor: &Actor,
        currency: Currency,
    ) -> Result<Vec<KindBalance>, StoreError>;
}
