//! Notification's database, the addresses it asks for, and the mails it writes.

mod addresses;
mod eml;
mod postgres;
mod publisher;
mod rows;
mod verify;

pub use addresses::OfAuth as AddressesOfAuth;
pub use eml::EmlFolder;
pub use verify::verify;

/// The tables of Notification, after those of `pg` and `journal`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
