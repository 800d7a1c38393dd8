//! Every notice with its words.

mod accounting;
mod accounts;
mod kind;
mod participation;
mod projects;

pub use kind::{Channel, Kind, Language};
