//! Amounts as laws write them: `5000000 EUR`, `58000 SMMLV`.

use std::fmt;
use std::str::FromStr;

use money::{Currency, Money, MoneyError, UnitPrice, div_half_even};
use serde::{Deserialize, Serialize};

use crate::{Pack, Source};

/// A number times the value of its unit has twice the decimals.
const SQUARE: i128 = UnitPrice::SCALE * UnitPrice::SCALE;

/// A number of zero or more and what it counts: a currency of ISO 4217 (units of account such as
/// `MXV` are among them) or a unit that the pack gives a value to. Serialised as `5000000 EUR`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount {
    /// How many.
    pub number: UnitPrice,
    /// Of what.
    pub unit: String,
}

/// A unit that a law counts in and that a decree gives its value, such as Peru's UIT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name in full.
    pub name: String,
    /// What one is worth, in a currency.
    pub value: Amount,
    /// Who said so.
    pub source: Source,
}

/// A text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAmount {
    /// No number, one space and a unit.
    #[error("not an amount: write a number, a space and its unit, such as `1000 EUR`")]
    Form,
    /// A number that is none, or too large.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl Amount {
    /// The amount in its currency, half-even where a unit's value has more decimals. Refuses a unit
    /// that is neither a currency nor the pack's own (`unknown_currency`), and `overflow`.
    pub(crate) fn money(&self, pack: &Pack) -> Result<Money, MoneyError> {
        let (worth, currency) = self.worth(pack)?;
        let minor = worth.checked_mul(currency.scale());
        let minor = div_half_even(minor.ok_or(MoneyError::Overflow)?, SQUARE)?;
        Money::try_new(minor, currency)
    }

    /// The amount as a price, half-even where a unit's value has more decimals; refuses the same.
    pub(crate) fn price(&self, pack: &Pack) -> Result<(UnitPrice, Currency), MoneyError> {
        let (worth, currency) = self.worth(pack)?;
        let scaled = div_half_even(worth, UnitPrice::SCALE)?;
        Ok((UnitPrice::from_scaled(scaled)?, currency))
    }

    /// What it is worth in a currency, in parts of [`SQUARE`].
    fn worth(&self, pack: &Pack) -> Result<(i128, Currency), MoneyError> {
        let (one, currency) = if let Ok(currency) = self.unit.parse() {
            (UnitPrice::SCALE, currency)
        } else {
            let unknown = || MoneyError::UnknownCurrency(self.unit.clone());
            let value = &pack.units.get(&self.unit).ok_or_else(unknown)?.value;
            (value.number.scaled(), value.unit.parse()?)
        };
        let worth = self.number.scaled().checked_mul(one);
        Ok((worth.ok_or(MoneyError::Overflow)?, currency))
    }
}

impl FromStr for Amount {
    type Err = NoAmount;

    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let (number, unit) = text.split_once(' ').ok_or(NoAmount::Form)?;
        let is_code = !unit.is_empty()
            && unit.len() <= 12
            && unit
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !is_code {
            return Err(NoAmount::Form);
        }
        Ok(Self {
            number: number.parse()?,
            unit: unit.to_owned(),
        })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.unit)
    }
}

impl TryFrom<String> for Amount {
    type Error = NoAmount;

    fn try_from(text: String) -> Result<Self, NoAmount> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}
