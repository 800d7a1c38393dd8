//! What the services say of each other, from their records alone.

mod records;
mod refunds;

pub use records::{all, under_way};
