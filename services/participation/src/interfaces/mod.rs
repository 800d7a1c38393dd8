//! The ways in: rpcs and the events of other services.

mod consumer;
mod convert;
mod grpc;

pub use consumer::{OfAccounting, OfProjects, OfUsers};
pub use grpc::Rpcs;
