//! PostgreSQL: the private cluster, a service's database and roles, and the unit of work.

pub mod cluster;
mod database;
mod migrate;
mod walls;
mod work;

pub use database::{Database, DatabaseError, Roles};
pub use migrate::{MigrateError, migrate, provision};
pub use walls::walls;
pub use work::{Context, Uow, store_error, stored};

/// The tables that every service has beside its own.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
