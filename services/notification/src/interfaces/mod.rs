//! The ways in: rpcs, the events of every other service, and the mails that are due.

mod consumer;
mod convert;
mod grpc;
mod of_accounting;
mod of_participation;
mod of_projects;
mod rights;

pub use consumer::{OfAuth, OfUsers};
pub use grpc::Rpcs;
pub use of_accounting::OfAccounting;
pub use of_participation::OfParticipation;
pub use of_projects::OfProjects;
pub use rights::RIGHTS;
