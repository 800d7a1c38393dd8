//! Rounds against a real database, on two replicas of the service.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod agreement;
mod batch;
mod crossing;
mod deadline;
mod house;
mod limits;
mod record;
mod request;
mod waiting;
