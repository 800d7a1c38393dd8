//! The use cases: lock, ask the rules, store. One file each.

pub mod approve_participation;
pub mod ports;
pub mod queries;
pub mod react_to_accounting;
pub mod react_to_projects;
pub mod react_to_users;
pub mod reject_participation;
pub mod request_participation;
pub mod sweep;
pub mod withdraw_participation;

mod decision;

use std::sync::Arc;

pub use decision::DecisionError;
use ports::{Reads, Store};

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// The queries.
    pub reads: Arc<dyn Reads>,
}
