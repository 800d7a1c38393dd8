//! The rules of knowing one's customer: who they are, what they may put up, what they agreed to.

mod consent;
mod country;
mod field;
mod investor;
mod kyc;
mod paper;
mod profile;
mod refusal;

pub use consent::{Consent, ConsentText};
pub use field::{Malformed, Reason};
pub use investor::{Category, CategoryRequest, Investor, InvestorFact, Limits};
pub use kyc::{AGE_MAX_YEARS, Documents, Kyc, KycState, MAJORITY_YEARS, VERIFIED_FOR};
pub use paper::{File, PAPERS_MAX, Paper, PaperKind};
pub use profile::Profile;
pub use refusal::Refusal;
