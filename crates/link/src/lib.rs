//! Links between services: one client type for a service in this process and for one far away
//! (architecture.md §5). Near calls pass no socket, but the same door, deadline and tracing.

mod gate;
mod refusal;

pub use gate::{Gate, Link};
pub use refusal::{Refusal, fault, refuse, refuse_with};
