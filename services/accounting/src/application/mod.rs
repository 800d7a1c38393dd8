//! The use cases of the books: one file, one use case.

pub mod agree_disbursement;
pub mod agree_payout;
pub mod approve_run;
pub mod book_deposit;
pub mod book_queries;
pub mod canonical;
pub mod confirm_payout;
pub mod end_disbursement;
pub mod execution_queries;
pub mod fail_payout;
pub mod freeze_snapshot;
pub mod fund_participation;
pub mod match_deposit;
pub mod match_proceeds;
pub mod pay_advance;
pub mod pay_disbursement;
pub mod ports;
pub mod propose_run;
pub mod react_to_projects;
pub mod record_recovery;
pub mod request_disbursement;
pub mod request_payout;
pub mod return_deposit;
pub mod run_queries;
pub mod set_payout_account;

mod deposit;
mod execution;
mod payout;
mod settle;

use std::sync::Arc;

pub use deposit::DepositError;
pub use execution::ExecutionError;
pub use payout::PayoutError;
use ports::{Reads, Store};
pub use settle::SettleError;

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// The queries.
    pub reads: Arc<dyn Reads>,
}
