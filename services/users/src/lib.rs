//! Users: profiles, and whether a person's identity is verified (domain.md §1).

pub mod application;
pub mod domain;
