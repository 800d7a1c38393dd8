//! The use cases: lock, ask the rules, store. One file each.

pub mod agreement;
pub mod decide_participations;
pub mod ports;
pub mod queries;
pub mod react_to_accounting;
pub mod react_to_projects;
pub mod react_to_users;
pub mod renew_participation;
pub mod request_participation;
pub mod sweep;
pub mod withdraw_participation;

mod decision;
mod refused;
mod room;

use std::sync::Arc;

pub use decision::DecisionError;
use ports::{Reads, Store};
pub use refused::Refused;

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// The queries.
    pub reads: Arc<dyn Reads>,
}
