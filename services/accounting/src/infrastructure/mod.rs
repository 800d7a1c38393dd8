//! What the rules need of the outside world.

mod canonical;
mod execution;
mod execution_reads;
mod postgres;
mod publisher;
mod settlement;
mod verify;

pub use canonical::{Canonical, NotCanonical, canonical};
pub use verify::verify;

/// The tables of the books, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
