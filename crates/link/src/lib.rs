//! Links between services: one client type for a service in this process and for one far away
//! (architecture.md §5). Near calls pass no socket, but the same door, deadline and tracing.

mod far;
mod gate;
pub mod pki;
mod refusal;
mod request;

pub use far::{Credentials, FarError, far, serve};
pub use gate::{Gate, Link};
pub use refusal::{Refusal, fault, malformed, refuse, refuse_with};
pub use request::{actor, next, read, read_all};
