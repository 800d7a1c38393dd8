//! The use cases: one file each.

pub mod inbox;
pub mod mark_read;
pub mod notify;
pub mod ports;

use std::sync::Arc;

use ports::Store;

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
}
