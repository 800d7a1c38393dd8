//! Users' database and what it publishes.

mod consents;
mod files;
mod investors;
mod papers;
mod postgres;
mod publisher;
mod rows;
mod verify;

pub use files::KycFiles;
pub use verify::verify;

/// The tables of Users, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
