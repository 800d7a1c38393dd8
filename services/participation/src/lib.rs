//! Participation: who takes part in which project, with how much. Owns offerings and
//! participations and keeps `reserved + approved <= goal` under any concurrency (domain.md §3).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

pub use infrastructure::MIGRATOR;
