//! What the tests need: a real database for each, people with real tokens, events to
//! hear, a store for objects.

mod database;
mod events;
mod objects;
mod people;
mod template;

pub use database::TestDatabase;
pub use events::envelope;
pub use objects::TestObjects;
pub use people::{Person, TokenMaker};
