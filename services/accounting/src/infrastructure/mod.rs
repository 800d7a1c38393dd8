//! What the rules need of the outside world.

mod canonical;

pub use canonical::{Canonical, NotCanonical, canonical};
