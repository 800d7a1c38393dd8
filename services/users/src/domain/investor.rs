//! What an investor may put up: a category and limits, set by an administrator. RETAIL without
//! limits until somebody says otherwise; the rule packs' own limits stand beside these.

use money::Money;
use strum::{Display, EnumString};
use time::OffsetDateTime;

use super::{Reason, Refusal};

/// How much an investor is taken to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Protected by every limit.
    #[default]
    Retail,
    /// Has shown that they can judge and bear the risk.
    Sophisticated,
}

/// The most that one investor may put up. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In one project.
    pub per_project: Option<Money>,
    /// Over all projects, in the last twelve months.
    pub per_12_months: Option<Money>,
}

/// What an investor asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryRequest {
    /// Why they are SOPHISTICATED.
    pub reason: Reason,
    /// In business time.
    pub at: OffsetDateTime,
}

/// An investor's standing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Investor {
    /// Of which category.
    pub category: Category,
    /// Up to how much.
    pub limits: Limits,
    /// What waits for a decision.
    pub request: Option<CategoryRequest>,
}

/// What happened to an investor's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvestorFact {
    /// They ask for SOPHISTICATED.
    Requested,
    /// They do not get it.
    Refused(Reason),
    /// Category and limits are as the investor now says.
    LimitsSet,
}

impl Limits {
    /// Refuses a limit that is not above zero.
    pub fn try_new(
        per_project: Option<Money>,
        per_12_months: Option<Money>,
    ) -> Result<Self, Refusal> {
        let mut given = per_project.iter().chain(&per_12_months);
        if given.any(|limit| limit.minor() <= 0) {
            return Err(Refusal::LimitNotPositive);
        }
        Ok(Self {
            per_project,
            per_12_months,
        })
    }
}

impl Investor {
    /// Asks to be SOPHISTICATED.
    pub fn ask(&mut self, reason: Reason, at: OffsetDateTime) -> Result<InvestorFact, Refusal> {
        if self.category == Category::Sophisticated {
            return Err(Refusal::CategoryHeld);
        }
        if self.request.is_some() {
            return Err(Refusal::CategoryRequested);
        }
        self.request = Some(CategoryRequest { reason, at });
        Ok(InvestorFact::Requested)
    }

    /// Gives what was asked for; limits do not hold any more.
    pub fn accept(&mut self) -> Result<InvestorFact, Refusal> {
        self.request.take().ok_or(Refusal::NoCategoryRequest)?;
        Ok(self.set(Category::Sophisticated, Limits::default()))
    }

    /// Does not give it.
    pub fn refuse(&mut self, reason: Reason) -> Result<InvestorFact, Refusal> {
        self.request.take().ok_or(Refusal::NoCategoryRequest)?;
        Ok(InvestorFact::Refused(reason))
    }

    /// Sets both. A request that waits is answered by being given what it asks for.
    pub fn set(&mut self, category: Category, limits: Limits) -> InvestorFact {
        self.category = category;
        self.limits = limits;
        if category == Category::Sophisticated {
            self.request = None;
        }
        InvestorFact::LimitsSet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn reason() -> Reason {
        Reason::try_new("Ten years in trade finance").expect("a reason")
    }

    #[test]
    fn one_request_at_a_time_and_none_for_what_one_has() {
        let mut investor = Investor::default();
        assert_eq!(investor.accept(), Err(Refusal::NoCategoryRequest));
        assert_eq!(investor.refuse(reason()), Err(Refusal::NoCategoryRequest));
        assert_eq!(investor.ask(reason(), NOW), Ok(InvestorFact::Requested));
        let asked = investor.clone();
        assert_eq!(investor.ask(reason(), NOW), Err(Refusal::CategoryRequested));
        assert_eq!(investor, asked);
        assert!(investor.refuse(reason()).is_ok());
        assert_eq!(investor, Investor::default(), "and may ask again");
        assert!(investor.ask(reason(), NOW).is_ok());
        assert_eq!(investor.accept(), Ok(InvestorFact::LimitsSet));
        assert_eq!(investor.category, Category::Sophisticated);
        assert_eq!(investor.ask(reason(), NOW), Err(Refusal::CategoryHeld));
    }

    #[test]
    fn a_limit_is_above_zero_and_setting_one_answers_no_request() {
        let money = |minor| Money::try_new(minor, "USD".parse().expect("a currency")).ok();
        for (per_project, per_12_months) in [(money(0), None), (None, money(-1))] {
            let refused = Limits::try_new(per_project, per_12_months);
            assert_eq!(refused, Err(Refusal::LimitNotPositive));
        }
        let limits = Limits::try_new(money(100_000), None).expect("above zero");
        let mut investor = Investor::default();
        investor.ask(reason(), NOW).expect("nothing waits");
        investor.set(Category::Retail, limits);
        assert!(investor.request.is_some());
        investor.set(Category::Sophisticated, limits);
        assert_eq!((investor.limits, investor.request), (limits, None));
    }
}
