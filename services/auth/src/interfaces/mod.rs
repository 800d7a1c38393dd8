//! The ways in: rpcs, and OAuth2 with its pages over HTTP.

mod convert;
mod grpc;
mod rights;
mod web;

pub use grpc::Rpcs;
pub use rights::RIGHTS;
pub use web::{Site, router};
