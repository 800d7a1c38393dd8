//! The use cases: lock, ask the rules, store. One file each.

pub mod advance_business_time;
pub mod approve_project;
pub mod cancel_project;
pub mod create_project;
pub mod execution;
pub mod key_information;
pub mod news;
pub mod notify_material_change;
pub mod open_funding;
pub mod papers;
pub mod ports;
pub mod publish_project;
pub mod queries;
pub mod react_to_accounting;
pub mod react_to_participation;
pub mod react_to_users;
pub mod set_flag;
pub mod set_terms;
pub mod start_execution;
pub mod sweep;

mod command;

use std::sync::Arc;

pub use command::{CommandError, StepError};
use ports::{Reads, Store};

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// The queries.
    pub reads: Arc<dyn Reads>,
    /// Whether business time may be moved: in demo and test configurations.
    pub demo_time: bool,
    /// Where images and documents are kept.
    pub blobs: blob::Blobs,
}
