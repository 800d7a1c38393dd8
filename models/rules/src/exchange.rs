//! Into which currency a rule is worked out, and what a rule can't be worked out without.

use costing::Rates;
use money::{Currency, Money, MoneyError};

use crate::{Amount, Pack};

/// The currency of the facts and the dated rates into it, as a cost sheet has them.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The project's currency.
    pub into: Currency,
    /// Rates of other currencies into it.
    pub rates: &'a Rates,
}

/// Why a rule can't be worked out; nothing was judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A rule or a fact in a currency that no rate was given for.
    #[error("there is no exchange rate for {0}, in which a rule or a fact is stated; give one")]
    MissingRate(Currency),
    /// The import lines can't be costed.
    #[error("the import lines can't be worked out")]
    Costing(#[from] costing::CostingError),
    /// A number that does not fit.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl RuleError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingRate(_) => "missing_rate",
            Self::Costing(costing) => costing.code(),
            Self::Number(number) => number.code(),
        }
    }
}

impl Exchange<'_> {
    /// The same amount in the currency of the facts, rounded half-even once.
    pub(crate) fn money(self, money: Money) -> Result<Money, RuleError> {
        if money.currency() == self.into {
            return Ok(money);
        }
        match self.rates.get(&money.currency()) {
            Some(rate) if !rate.is_zero() => Ok(money.convert(*rate, self.into)?),
            Some(_) | None => Err(RuleError::MissingRate(money.currency())),
        }
    }

    /// A pack's amount in the currency of the facts.
    pub(crate) fn amount(self, amount: &Amount, pack: &Pack) -> Result<Money, RuleError> {
        let money = amount.money(pack).unwrap_or_else(|| {
            // A loaded pack knows its units; one made by hand is as wrong as a number out of range.
            Err(MoneyError::UnknownCurrency(amount.unit.clone()))
        })?;
        self.money(money)
    }

    /// An amount not below the floor and not above the cap, where there are any.
    pub(crate) fn between(
        self,
        floor: Option<&Amount>,
        amount: Money,
        cap: Option<&Amount>,
        pack: &Pack,
    ) -> Result<Money, RuleError> {
        if let Some(floor) = floor {
            let floor = self.amount(floor, pack)?;
            if amount.compare(floor)?.is_lt() {
                return Ok(floor);
            }
        }
        if let Some(cap) = cap {
            let cap = self.amount(cap, pack)?;
            if amount.compare(cap)?.is_gt() {
                return Ok(cap);
            }
        }
        Ok(amount)
    }
}
