//! What a rule does not allow: a stable code, what would be allowed, and the law; and why a rule
//! can't be worked out.

use costing::CostingError;
use money::{Money, MoneyError};
use settlement::ShareType;

use crate::{Pack, Source};

/// A rule that facts break, the law that sets it and the version of the pack that says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} ({source_of_rule}; rules {pack})")]
pub struct Refusal {
    /// Which rule, and what would be allowed.
    pub what: Broken,
    /// The law in full.
    pub source_of_rule: String,
    /// The pack, as it is stored: `EU@2021-11-10`.
    pub pack: String,
}

/// Which rule is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A type of participation that the pack does not name.
    #[error("{share} may not be offered here; allowed: {}", joined(.allowed))]
    ParticipationTypeNotAllowed {
        /// What was asked for.
        share: ShareType,
        /// What is allowed.
        allowed: Vec<ShareType>,
    },
    /// More than one project may raise.
    #[error("the project would raise {goal} {c}; at most {max} {c} is allowed",
            c = .max.currency())]
    GoalAboveMax {
        /// Of this project.
        goal: Money,
        /// The most.
        max: Money,
    },
    /// More than an owner may raise in twelve months.
    #[error("the owner would raise {total} {c} in twelve months; at most {max} {c} is allowed",
            c = .max.currency())]
    GoalAboveCeiling {
        /// With this project.
        total: Money,
        /// The most.
        max: Money,
    },
    /// Open for too short a time.
    #[error("the offering is open for {days} days; it must be open for at least {min}")]
    OpenDaysTooFew {
        /// As planned.
        days: i32,
        /// The least.
        min: i32,
    },
    /// Open for too long a time.
    #[error("the offering is open for {days} days; it may be open for at most {max}")]
    OpenDaysTooMany {
        /// As planned.
        days: i32,
        /// The most.
        max: i32,
    },
    /// Too short a time to withdraw.
    #[error("investors may withdraw for {hours} hours; it must be at least {min}")]
    CoolingOffTooShort {
        /// As planned.
        hours: i32,
        /// The least.
        min: i32,
    },
    /// Too short a time to renew after a material change.
    #[error("investors have {hours} hours to renew; it must be at least {min}")]
    RenewalTooShort {
        /// As planned.
        hours: i32,
        /// The least.
        min: i32,
    },
    /// A document that is not there.
    #[error("the document `{code}` ({name}) is missing; issue it first")]
    DocumentMissing {
        /// Its code.
        code: String,
        /// What the law calls it.
        name: String,
    },
    /// What the investor knows was not tested.
    #[error("the investor must pass the entry knowledge test first")]
    EntryTestMissing,
    /// The loss that the investor can bear was not simulated.
    #[error("the investor must simulate the loss that they can bear first")]
    LossSimulationMissing,
}

/// Why a rule can't be worked out; nothing was judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A case that the pack does not have.
    #[error("the rules {pack} have no case `{found}`; there is: {known}")]
    UnknownCase {
        /// As it was given.
        found: String,
        /// The cases of the pack.
        known: String,
        /// The pack, as it is stored.
        pack: String,
    },
    /// A rate that is missing, or a sheet that can't be costed.
    #[error(transparent)]
    Costing(#[from] CostingError),
    /// A number that does not fit.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl RuleError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCase { .. } => "unknown_case",
            Self::Costing(costing) => costing.code(),
            Self::Number(number) => number.code(),
        }
    }
}

impl Refusal {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self.what {
            Broken::ParticipationTypeNotAllowed { .. } => "participation_type_not_allowed",
            Broken::GoalAboveMax { .. } => "goal_above_max",
            Broken::GoalAboveCeiling { .. } => "goal_above_ceiling",
            Broken::OpenDaysTooFew { .. } => "open_days_too_few",
            Broken::OpenDaysTooMany { .. } => "open_days_too_many",
            Broken::CoolingOffTooShort { .. } => "cooling_off_too_short",
            Broken::RenewalTooShort { .. } => "renewal_too_short",
            Broken::DocumentMissing { .. } => "document_missing",
            Broken::EntryTestMissing => "entry_test_missing",
            Broken::LossSimulationMissing => "loss_simulation_missing",
        }
    }
}

impl Pack {
    pub(crate) fn refusal(&self, what: Broken, source: &Source) -> Refusal {
        self.refusal_of(what, self.cite(source))
    }

    pub(crate) fn refusal_of(&self, what: Broken, source_of_rule: String) -> Refusal {
        Refusal {
            what,
            source_of_rule,
            pack: self.version(),
        }
    }
}

fn joined(shares: &[ShareType]) -> String {
    let words: Vec<String> = shares.iter().map(ShareType::to_string).collect();
    words.join(", ")
}
