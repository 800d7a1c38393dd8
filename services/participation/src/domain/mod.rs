//! The rules of joining a project (domain.md §3): every one of them, and nothing that waits.

mod agreement;
mod close;
mod decide;
mod expire;
mod funds;
mod offering;
mod participation;
mod refusal;
mod renew;
mod request;
mod seal;
mod withdraw;

#[cfg(test)]
mod samples;

pub use agreement::{AGREEMENT_VERSION, Language, Signer};
pub use close::CancelledFrom;
pub use offering::{
    Change, Conditions, Offering, OfferingFact, OfferingState, OfferingStatus, Terms,
};
pub use participation::{
    ApprovedBy, Funding, Participation, ParticipationFact, ParticipationState, Renewal, ShareType,
    Signature, reason,
};
pub use refusal::Refusal;
pub use request::{Consent, Limit, Request, Standing, Window};
pub use seal::{SealedEntry, SealedList};
