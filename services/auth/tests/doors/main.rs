//! The service through its doors: pages and tokens over HTTP, rpcs through the gate.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod at_once;
mod forms;
mod house;
mod machines;
mod rpcs;
mod second_factor;
mod tokens;
