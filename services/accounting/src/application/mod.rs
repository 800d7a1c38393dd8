//! The use cases of the books: one file, one use case.

pub mod book_deposit;
pub mod fund_participation;
pub mod ports;

use std::sync::Arc;

use ports::{Reads, Store};

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// The queries.
    pub reads: Arc<dyn Reads>,
}
