//! What the use cases need of the store, in their own words.
//!
//! A unit of work is one `Tx`; its verbs stand in the files of what they are for.

mod books;
mod execution;
mod settlement;
mod store;

pub use books::{Book, BookingError, BooksTx, Deposit, Funds, Label, Participating, WaitingHold};
pub use execution::{BudgetView, EscrowView, ExecutionReads, ExecutionTx, Frozen, Paying, Receipt};
pub use settlement::{SettlementReads, SettlementTx};
pub use store::{Reads, Store, Tx};
