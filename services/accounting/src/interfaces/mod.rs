//! The ways in: rpcs and the events of other services.

mod convert;
mod execution;
mod grpc;
mod rights;
mod settlement;

pub use grpc::Rpcs;
pub use rights::RIGHTS;
