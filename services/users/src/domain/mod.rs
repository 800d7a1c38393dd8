//! The rules of knowing one's customer: who they are, what they may put up, what they agreed to.

mod consent;
mod field;
mod investor;
mod kyc;
mod refusal;

pub use consent::{Consent, ConsentText};
pub use field::{Malformed, Reason};
pub use investor::{Category, CategoryRequest, Investor, InvestorFact, Limits};
pub use kyc::{Documents, Kyc, KycState, MAJORITY_YEARS, VERIFIED_FOR};
pub use refusal::Refusal;
