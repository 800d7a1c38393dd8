//! The ways in: rpcs and the events of other services.

mod consumer;
mod convert;
mod execution;
mod grpc;
mod information;
mod news;
mod papers;
mod refusals;
mod rights;

pub use consumer::{OfAccounting, OfParticipation, OfUsers};
pub use grpc::Rpcs;
pub use rights::RIGHTS;
