//! The rules of an import project: where it may go, and what must hold before it does.

pub mod execution;

mod approval;
mod cancel;
mod fact;
mod follow;
mod guard;
mod life;
mod participant;
mod project;
mod refusal;
mod sheet;
mod state;
mod terms;

pub use approval::Approval;
pub use cancel::{CancelledBy, cancel};
pub use execution::Stock;
pub use fact::ProjectFact;
pub use guard::{Publication, on_escrow, reopen};
pub use life::Round;
pub use participant::{Participant, ParticipantState, SealedEntry, ShareType};
pub use project::{
    Description, Flag, FundingOutcome, ImportProject, Liquidation, Seal, SettlementPhase,
    SheetRefusal,
};
pub use refusal::Refusal;
pub use sheet::{cost, with_fees};
pub use state::{IllegalTransition, Move, ProjectState};
pub use terms::Terms;
