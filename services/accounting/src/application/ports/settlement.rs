//! Runs, payouts and wallets, as the use cases need them of the store.

use async_trait::async_trait;

/// What a unit of work does about runs and payouts.
#[async_trait]
pub trait SettlementTx: Send {}

/// Wallets, runs, payouts and the trial balance, each in the actor's tenant.
#[async_trait]
pub trait SettlementReads: Send + Sync {}
