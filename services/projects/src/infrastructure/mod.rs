//! Projects' database and what it publishes.

mod execution;
mod information;
mod messages;
mod news;
mod papers;
mod postgres;
mod publisher;
mod reads;
mod replay;
mod rows;
mod verify;
mod verify_replay;

pub use replay::{Replayed, Units, replay};
pub use verify::verify;

/// The tables of Projects, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
