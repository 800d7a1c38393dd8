//! The rules of knowing one's customer.

mod kyc;

pub use kyc::{
    Documents, Kyc, KycState, MAJORITY_YEARS, Malformed, Refusal, Rejection, VERIFIED_FOR,
};
