//! Execution on PostgreSQL, under the project's row lock, and what it publishes.

mod publisher;
mod reads;
mod store;
mod verify;

pub(super) use reads::{ClosureRow, views};
pub(super) use verify::verify;
