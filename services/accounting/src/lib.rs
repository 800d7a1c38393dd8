//! Accounting: the books of the platform. Wallets, holds, escrow, snapshots, settlement runs,
//! payouts (domain.md §5, §7, §9).

pub mod application;
pub mod domain;
pub mod infrastructure;

/// The tables of the books.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
