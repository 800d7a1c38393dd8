//! Auth's database, what it publishes, and its vault.

mod devices;
mod keys;
mod machines;
mod postgres;
mod publisher;
mod rows;
mod second_factors;
mod totp;
mod vault;
mod verify;

pub use keys::{Keys, KeysError};
pub use vault::Vault;
pub use verify::verify;

/// The tables of Auth, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
