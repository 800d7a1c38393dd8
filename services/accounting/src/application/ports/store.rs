//! Where units of work and queries come from.

use async_trait::async_trait;
use authz::Actor;
use uow::StoreError;

use super::{
    BooksTx, DepositsTx, ExecutionReads, ExecutionTx, PayoutsTx, RunReads, RunsTx, WalletReads,
};

/// One unit of work. Dropped without `commit` it leaves no trace.
///
/// A project's books are locked before accounts are, and accounts in the order of their ids.
pub trait Tx: BooksTx + DepositsTx + ExecutionTx + RunsTx + PayoutsTx {}

impl<T: BooksTx + DepositsTx + ExecutionTx + RunsTx + PayoutsTx> Tx for T {}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
}

/// The queries, each in the actor's tenant.
pub trait Reads: ExecutionReads + RunReads + WalletReads {}

impl<T: ExecutionReads + RunReads + WalletReads> Reads for T {}
