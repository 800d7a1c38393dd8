//! The use cases: one file each.

pub mod expire_kyc;
pub mod kyc_queue;
pub mod names;
pub mod ports;
pub mod profile;
pub mod reject_kyc;
pub mod submit_kyc;
pub mod verify_kyc;

mod decision;

use std::sync::Arc;

pub use decision::KycError;
use ports::Store;

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
}
