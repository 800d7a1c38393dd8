//! Participation's database and what it publishes.

mod due;
mod investors;
mod postgres;
mod publisher;
mod reads;
mod replay;
mod rows;
mod verify;

pub use verify::verify;

/// The tables of Participation, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
