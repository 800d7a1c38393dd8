//! The catalogue of notices and their words.

mod catalogue;
mod words;

pub use catalogue::{Kind, Language, Reader};
pub use words::{Facts, Text, render};
