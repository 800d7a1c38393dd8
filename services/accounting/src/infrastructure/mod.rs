//! What the rules need of the outside world.

mod deposits;
mod execution;
mod execution_reads;
mod payouts;
mod postgres;
mod publisher;
mod recorded;
mod run_reads;
mod runs;
mod verify;
mod wallet_reads;

pub use verify::verify;

/// The tables of the books, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
