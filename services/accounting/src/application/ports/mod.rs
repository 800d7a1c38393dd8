//! What the use cases need of the store, in their own words.
//!
//! A unit of work is one `Tx`; its verbs stand in the files of what they are for.

mod books;
mod deposits;
mod execution;
mod payouts;
mod runs;
mod store;
mod wallets;

pub use books::{Book, BookingError, BooksTx, Direction, Funds, Label, Participating, WaitingHold};
pub use deposits::{DepositsTx, Unmatched};
pub use execution::{BudgetView, EscrowView, ExecutionReads, ExecutionTx, Frozen, Paying, Receipt};
pub use payouts::{PayoutsTx, QueuedPayout};
pub use runs::{RunReads, RunsTx, StoredRun};
pub use store::{Reads, Store, Tx};
pub use wallets::{
    EntriesPage, EntryPhase, KindBalance, Statement, WalletEntry, WalletReads, WalletView,
};
