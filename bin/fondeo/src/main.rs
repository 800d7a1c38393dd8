//! The composition.
fn main() {}
