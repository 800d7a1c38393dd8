//! How much an investor may put up: a small closed language of data.
//!
//! A limit is a list of steps; the first one whose condition holds is worked out. It is unlimited,
//! an amount, or a share of income or net worth with a floor and a cap. What is not known of an
//! investor counts as nothing, so it never raises a limit.

use costing::Exchange;
use money::{Money, Ppm};
use serde::{Deserialize, Serialize};

use crate::{Amount, Category, Pack, RuleError, Source};

/// A limit and the law that sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a limit and its source: `{ steps = […], source = \"…\" }`"
)]
pub struct Limit {
    /// Where it stands.
    pub source: Source,
    /// At least one; all but the last have a condition.
    pub steps: Vec<Step>,
}

/// One case of a limit: exactly one of `unlimited`, `amount` and `share_ppm` is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When the step is the one; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Below>,
    /// No limit at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlimited: bool,
    /// A fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// A share, at most the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_ppm: Option<Ppm>,
    /// Of what, with `share_ppm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Measure>,
    /// The share's floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Amount>,
    /// The share's cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Amount>,
}

/// That a measure is below an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Below {
    /// Of what.
    pub of: Measure,
    /// Below how much.
    pub below: Amount,
}

/// What of an investor's means is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Measure {
    /// The income of a year.
    AnnualIncome,
    /// What is owned less what is owed.
    NetWorth,
    /// The greater of both.
    Greater,
    /// The lesser of both.
    Lesser,
}

/// What an investor declares to have, in any currency that there is a rate for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Means {
    /// The income of a year.
    pub annual_income: Option<Money>,
    /// What is owned less what is owed.
    pub net_worth: Option<Money>,
}

/// A limit worked out, and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// In the currency of the facts, rounded down.
    pub amount: Money,
    /// The law in full.
    pub source: String,
}

/// An investor's limits. `None` is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most in one project.
    pub per_project: Option<Bound>,
    /// The most over all projects in twelve months.
    pub per_12_months: Option<Bound>,
    /// Above it the investor is warned and agrees once more.
    pub warn_above: Option<Bound>,
}

impl Measure {
    fn of(self, income: Money, net_worth: Money) -> Result<Money, RuleError> {
        let greater = income.compare(net_worth)?.is_gt();
        let takes_income = match self {
            Self::AnnualIncome => true,
            Self::NetWorth => false,
            Self::Greater => greater,
            Self::Lesser => !greater,
        };
        Ok(if takes_income { income } else { net_worth })
    }
}

impl Pack {
    /// The limits of an investor of a category with such means, in the currency of the facts.
    ///
    /// Refuses amounts in a currency that no rate is given for. Means that are not known, or below
    /// zero, count as zero.
    pub fn investor_limit(
        &self,
        category: Category,
        means: Means,
        exchange: Exchange<'_>,
    ) -> Result<Limits, RuleError> {
        let Some(rules) = self.rules_of(category) else {
            return Ok(Limits::default());
        };
        let known = |money: Option<Money>| match money {
            Some(money) if money.is_positive() => exchange.convert(money),
            Some(_) | None => Ok(Money::zero(exchange.into)),
        };
        let income = known(means.annual_income)?;
        let net_worth = known(means.net_worth)?;
        let bound = |limit: &Option<Limit>| match limit {
            Some(limit) => self.bound(limit, income, net_worth, exchange),
            None => Ok(None),
        };
        Ok(Limits {
            per_project: bound(&rules.per_project)?,
            per_12_months: bound(&rules.per_12_months)?,
            warn_above: bound(&rules.warn_above)?,
        })
    }

    fn bound(
        &self,
        limit: &Limit,
        income: Money,
        net_worth: Money,
        exchange: Exchange<'_>,
    ) -> Result<Option<Bound>, RuleError> {
        for step in &limit.steps {
            if let Some(Below { of, below }) = &step.when {
                let below = exchange.convert(below.money(self)?)?;
                if !of.of(income, net_worth)?.compare(below)?.is_lt() {
                    continue;
                }
            }
            let Some(amount) = self.step(step, income, net_worth, exchange)? else {
                return Ok(None);
            };
            let source = self.cite(&limit.source);
            return Ok(Some(Bound { amount, source }));
        }
        Ok(None)
    }

    fn step(
        &self,
        step: &Step,
        income: Money,
        net_worth: Money,
        exchange: Exchange<'_>,
    ) -> Result<Option<Money>, RuleError> {
        let money = |amount: &Amount| -> Result<Money, RuleError> {
            Ok(exchange.convert(amount.money(self)?)?)
        };
        if let Some(amount) = &step.amount {
            return Ok(Some(money(amount)?));
        }
        let (Some(share), Some(of)) = (step.share_ppm, step.of) else {
            return Ok(None);
        };
        let whole = i128::from(of.of(income, net_worth)?.minor());
        let mut minor = (whole * i128::from(share.parts())).div_euclid(Ppm::SCALE);
        if let Some(floor) = &step.at_least {
            minor = minor.max(money(floor)?.minor().into());
        }
        if let Some(cap) = &step.at_most {
            minor = minor.min(money(cap)?.minor().into());
        }
        Ok(Some(Money::try_new(minor, exchange.into)?))
    }
}
