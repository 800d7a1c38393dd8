//! What the tests need: a real database for each, people with real tokens, events to hear.

mod database;
mod events;
mod people;

pub use database::TestDatabase;
pub use events::envelope;
pub use people::{Person, TokenMaker};
