//! The catalogue of notices and their words.

mod amount;
mod catalogue;
mod words;

pub use amount::{Numbers, in_words};
pub use catalogue::{Channel, Kind, Language};
pub use words::{Facts, Text, render};
