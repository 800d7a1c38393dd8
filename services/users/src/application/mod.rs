//! The use cases: one file each.

pub mod attach_kyc_document;
pub mod category_queue;
pub mod consents;
pub mod decide_category;
pub mod expire_kyc;
pub mod give_consent;
pub mod investor;
pub mod issue_texts;
pub mod kyc_documents;
pub mod kyc_queue;
pub mod names;
pub mod ports;
pub mod profile;
pub mod reject_kyc;
pub mod request_category;
pub mod request_kyc_upload;
pub mod set_investor_limits;
pub mod submit_kyc;
pub mod suspend_kyc;
pub mod update_profile;
pub mod verify_kyc;
pub mod view_kyc_document;

mod decision;

use std::sync::Arc;

pub use decision::UsersError;
use ports::{Files, Store};

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// The papers' files: never called inside a unit of work.
    pub files: Arc<dyn Files>,
}
