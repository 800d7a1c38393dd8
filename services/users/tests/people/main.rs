//! People through the door of Users, against a real database.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod house;
mod kyc;
mod papers;
mod standing;
