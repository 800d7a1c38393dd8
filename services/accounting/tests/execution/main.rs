//! The money of execution through the service's own door: rpcs by the generated client with real
//! tokens, and the events of other services as real envelopes.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod cancelled;
mod decisions;
mod deposits;
mod escrow_at_once;
mod house;
mod order;
mod project;
mod runs;
mod runs_refused;
mod story;
mod wallets_at_once;
