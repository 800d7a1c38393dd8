//! What differs by jurisdiction, as dated data (domain.md §8): a pack is a TOML file
//! `rules/<jurisdiction>/<valid-from>.toml` in which each figure names the law that it comes from.
//!
//! [`Packs::load`] reads texts and refuses packs that are malformed or contradict themselves or
//! each other, with file, line, column and field. [`Packs::in_force`] gives the one of a day. Its
//! functions judge facts; they ask nobody and know no clock. Format: docs/rule-packs.md.
//!
//! Deliberately absent: files, exchange rates, and opinions about what the law means.

mod amount;
mod check;
mod duty;
mod figures;
mod investor;
mod limit;
mod offer;
mod pack;
mod packs;
mod place;
mod problem;
mod refusal;
mod shipped;

pub use amount::{Amount, Unit};
pub use duty::{
    Cases, ImportLine, ProposedLine, Rounding, RoundingMode, RoundingScope, SpecificDuty,
};
pub use figures::FigureRow;
pub use limit::{Below, Bound, Limit, Limits, Means, Measure, Step};
pub use offer::OfferFacts;
pub use pack::{
    Category, CategoryRules, Consent, ConsentKind, Document, Figure, Import, Law, Offering, Pack,
    ParticipationRule, Report, Residence, Source, Withheld, Withholding,
};
pub use packs::{NotInForce, Packs};
pub use problem::{PackError, Problem};
pub use refusal::{Broken, Refusal, RuleError};
pub use shipped::{SHIPPED, shipped};
