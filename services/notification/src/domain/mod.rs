//! The catalogue of notices and their words.

mod amount;
mod catalogue;
mod words;

pub use amount::in_words;
pub use catalogue::{Kind, Language};
pub use words::{Facts, Text, render};
