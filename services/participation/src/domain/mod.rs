//! The rules of joining a project (domain.md §3): every one of them, and nothing that waits.

mod close;
mod decide;
mod expire;
mod funds;
mod offering;
mod participation;
mod refusal;
mod request;
mod seal;
mod withdraw;

#[cfg(test)]
mod samples;

pub use close::CancelledFrom;
pub use offering::{Change, Offering, OfferingFact, OfferingState, OfferingStatus, Terms};
pub use participation::{
    ApprovedBy, Funding, Participation, ParticipationFact, ParticipationState, ShareType, reason,
};
pub use refusal::Refusal;
pub use request::{Request, Standing};
pub use seal::{SealedEntry, SealedList};
