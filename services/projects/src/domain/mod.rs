//! The rules of an import project: where it may go, and what must hold before it does.

mod approval;
mod cancel;
mod guard;
mod receive;
mod refusal;
mod sheet;
mod state;
mod stock;
mod terms;

pub use approval::Approval;
pub use cancel::{CancelledBy, cancel};
pub use guard::{Completion, Publication, on_escrow, reopen};
pub use receive::{Arrival, ArrivalError, receive};
pub use refusal::Refusal;
pub use sheet::{cost, with_fees};
pub use state::{IllegalTransition, Move, ProjectState};
pub use stock::{Outflow, Stock};
pub use terms::Terms;
