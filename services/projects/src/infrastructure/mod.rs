//! Projects' database and what it publishes.

mod execution;
mod messages;
mod postgres;
mod publisher;
mod reads;
mod rows;
mod verify;

pub use verify::verify;

/// The tables of Projects, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
