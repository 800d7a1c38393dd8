//! The use cases: one file each.

pub mod category_queue;
pub mod consents;
pub mod decide_category;
pub mod expire_kyc;
pub mod give_consent;
pub mod investor;
pub mod issue_texts;
pub mod kyc_queue;
pub mod names;
pub mod ports;
pub mod profile;
pub mod reject_kyc;
pub mod request_category;
pub mod set_investor_limits;
pub mod submit_kyc;
pub mod verify_kyc;

mod decision;

use std::sync::Arc;

pub use decision::UsersError;
use ports::Store;

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
}
