//! Who is calling and what they may do: tokens, roles, and the rights table of each service.

mod actor;
mod guard;
mod rights;
mod verifier;

pub use actor::{Actor, Caller, Role, Subject};
pub use guard::{Denied, Guard, OnDenied};
pub use rights::{Right, Who};
pub use verifier::{Claims, KeySource, Verifier};
