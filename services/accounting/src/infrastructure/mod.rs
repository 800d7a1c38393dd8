//! What the rules need of the outside world.

mod deposits;
mod execution;
mod execution_reads;
mod ledger_record;
mod old_holds;
mod payouts;
mod postgres;
mod publisher;
mod recorded;
mod rows;
mod run_reads;
mod runs;
mod verify;
mod wallet_reads;

pub use old_holds::watch_old_holds;
pub use verify::verify;

/// The tables of the books, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
