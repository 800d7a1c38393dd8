//! What the rules need of the outside world.

mod canonical;
mod postgres;

pub use canonical::{Canonical, NotCanonical, canonical};
