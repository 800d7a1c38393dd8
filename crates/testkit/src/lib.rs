//! What the tests need: a real database for each, and people with real tokens.

mod database;
mod people;

pub use database::TestDatabase;
pub use people::{Person, TokenMaker};
