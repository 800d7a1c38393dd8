//! The story of `examples/story` in Accounting: played to COMPLETED out of its file, then settled,
//! paid out and looked over, against figures that another calculation worked out (`e2e/model`).
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod final_run;
mod payouts;
mod story;
mod verification;
