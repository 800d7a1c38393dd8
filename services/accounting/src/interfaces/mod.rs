//! The ways in: rpcs and the events of other services.

mod consumer;
mod convert;
mod execution;
mod grpc;
mod of_users;
mod rights;
mod settlement;
mod wallets;

pub use consumer::{OfParticipation, OfProjects};
pub use grpc::Rpcs;
pub use of_users::{OfAuth, OfUsers};
pub use rights::RIGHTS;
