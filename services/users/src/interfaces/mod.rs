//! The ways in: rpcs, the events of other services, and time.

mod consumer;
mod convert;
mod grpc;
mod rights;

pub use consumer::{OfAuth, OfProjects};
pub use grpc::Rpcs;
pub use rights::RIGHTS;
