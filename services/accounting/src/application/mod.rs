//! The use cases of the books: one file, one use case.

pub mod book_deposit;
pub mod fund_participation;
pub mod ports;
