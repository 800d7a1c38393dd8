//! The rules of an import project: where it may go, and what must hold before it does.

mod approval;
mod refusal;
mod sheet;
mod state;
mod stock;

pub use approval::Approval;
pub use refusal::Refusal;
pub use sheet::{Fees, with_fees};
pub use state::{IllegalTransition, Move, ProjectState};
pub use stock::{Outflow, Stock};
