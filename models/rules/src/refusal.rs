//! What a rule does not allow: a stable code, what would be allowed, and the law.

use money::Money;
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
    #[error("{} may not be offered here; allowed: {}", word(*.share), words(.allowed))]
    ParticipationTypeNotAllowed {
        /// What was asked for.
        share: ShareType,
        /// What is allowed.
        allowed: Vec<ShareType>,
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
    /// More than the investor may have in one project.
    #[error("the investor's limit in one project is {limit} {c}: {used} is used, {left} is left",
            c = .limit.currency())]
    AboveProjectLimit {
        /// The most.
        limit: Money,
        /// Without this participation.
        used: Money,
        /// What they may still put up.
        left: Money,
    },
    /// More than the investor may put up in twelve months.
    #[error("the investor's limit in twelve months is {limit} {c}: {used} is used, {left} is left",
            c = .limit.currency())]
    AboveYearlyLimit {
        /// The most.
        limit: Money,
        /// Without this participation.
        used: Money,
        /// What they may still put up.
        left: Money,
    },
    /// A consent that was not given, or to an older text.
    #[error("the consent `{code}` is missing; version {version} of its text must be accepted")]
    ConsentNeeded {
        /// Its code.
        code: String,
        /// The version that is asked for.
        version: u16,
    },
    /// What the investor knows was not tested.
    #[error("the investor must pass the entry knowledge test first")]
    EntryTestMissing,
    /// The loss that the investor can bear was not simulated.
    #[error("the investor must simulate the loss that they can bear first")]
    LossSimulationMissing,
}

impl Refusal {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self.what {
            Broken::ParticipationTypeNotAllowed { .. } => "participation_type_not_allowed",
            Broken::GoalAboveCeiling { .. } => "goal_above_ceiling",
            Broken::OpenDaysTooFew { .. } => "open_days_too_few",
            Broken::OpenDaysTooMany { .. } => "open_days_too_many",
            Broken::CoolingOffTooShort { .. } => "cooling_off_too_short",
            Broken::RenewalTooShort { .. } => "renewal_too_short",
            Broken::DocumentMissing { .. } => "document_missing",
            Broken::AboveProjectLimit { .. } => "above_project_limit",
            Broken::AboveYearlyLimit { .. } => "above_yearly_limit",
            Broken::ConsentNeeded { .. } => "consent_needed",
            Broken::EntryTestMissing => "entry_test_missing",
            Broken::LossSimulationMissing => "loss_simulation_missing",
        }
    }

    /// What the text of the code names, beside the law: for programs and translations.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let mut args = match &self.what {
            Broken::ParticipationTypeNotAllowed { share, allowed } => vec![
                ("type", word(*share).to_owned()),
                ("allowed", words(allowed)),
            ],
            Broken::GoalAboveCeiling { total, max } => {
                vec![("total", total.to_string()), ("max", max.to_string())]
            }
            Broken::OpenDaysTooFew { days, min } => {
                vec![("days", days.to_string()), ("min", min.to_string())]
            }
            Broken::OpenDaysTooMany { days, max } => {
                vec![("days", days.to_string()), ("max", max.to_string())]
            }
            Broken::CoolingOffTooShort { hours, min } | Broken::RenewalTooShort { hours, min } => {
                vec![("hours", hours.to_string()), ("min", min.to_string())]
            }
            Broken::DocumentMissing { code, name } => {
                vec![("document", code.clone()), ("name", name.clone())]
            }
            Broken::AboveProjectLimit { limit, used, left }
            | Broken::AboveYearlyLimit { limit, used, left } => vec![
                ("limit", limit.to_string()),
                ("used", used.to_string()),
                ("left", left.to_string()),
            ],
            Broken::ConsentNeeded { code, version } => {
                vec![("consent", code.clone()), ("version", version.to_string())]
            }
            Broken::EntryTestMissing | Broken::LossSimulationMissing => Vec::new(),
        };
        args.push(("source", self.source_of_rule.clone()));
        args
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

fn word(share: ShareType) -> &'static str {
    match share {
        ShareType::Products => "PRODUCTS",
        ShareType::ProfitOnly => "PROFIT_ONLY",
    }
}

fn words(shares: &[ShareType]) -> String {
    let words: Vec<&str> = shares.iter().copied().map(word).collect();
    words.join(", ")
}
