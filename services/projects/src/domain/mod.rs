//! The rules of an import project: where it may go, and what must hold before it does.

pub mod execution;

mod approval;
mod cancel;
mod change;
mod country;
mod document;
mod fact;
mod follow;
mod guard;
mod key_information;
mod key_words;
mod life;
mod news;
mod participant;
mod project;
mod refusal;
mod scenario;
mod sheet;
mod state;
mod terms;
mod track_record;

pub use approval::Approval;
pub use cancel::{CancelledBy, cancel};
pub use change::{MaterialChange, Notice, RENEW_HOURS};
pub use document::{Document, DocumentKind, File, Label, Reader, Visibility};
pub use execution::Stock;
pub use fact::ProjectFact;
pub use guard::{Publication, on_escrow, reopen};
pub use key_information::{Language, Sheets, Subject, render};
pub use news::{Milestone, MilestoneKind, Question, Update};
pub use participant::{Participant, ParticipantState, SealedEntry, ShareType};
pub use project::{
    Description, Flag, FundingOutcome, ImportProject, Liquidation, Seal, SettlementPhase,
    SheetRefusal,
};
pub use refusal::Refusal;
pub use scenario::Unforeseeable;
pub use sheet::{cost, with_fees};
pub use state::{IllegalTransition, Move, ProjectState, words};
pub use terms::Terms;
pub use track_record::{Raised, TrackRecord};
