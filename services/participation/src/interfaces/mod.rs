//! The ways in: rpcs and the events of other services.

mod consumer;
mod convert;
mod grpc;
mod rights;

pub use consumer::{OfAccounting, OfProjects, OfUsers};
pub use grpc::Rpcs;
pub use rights::RIGHTS;
