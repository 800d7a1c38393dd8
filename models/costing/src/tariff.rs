//! What a tariff says beyond a rate: an amount for each unit or kilogram, the greater of both,
//! and limits of the whole line (domain.md §4.2).

use money::{Currency, Fraction, Measure, Money, MoneyError, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::{Base, CostingError, Exchange, Product, Rate, Sheet};

/// A rate, an amount for each unit or kilogram, or the greater of both; within limits.
///
/// Where the line is `PER_PRODUCT` or `PER_DOCUMENT` the greater is chosen for each product,
/// otherwise for the line. The limits are those of the line; its parts follow it in proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tariff {
    /// A rate of a base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_valorem: Option<AdValorem>,
    /// An amount for each unit or kilogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specific: Option<Specific>,
    /// What the line is at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Money>,
    /// What the line is at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Money>,
}

/// A rate of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdValorem {
    /// How much of it.
    pub rate: Rate,
    /// Of what.
    pub base: Base,
}

/// An amount for each unit or kilogram, above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specific {
    /// In major units of the currency.
    pub amount: UnitPrice,
    /// The project's, or one with a rate.
    pub currency: Currency,
    /// For each of what.
    pub per: Per,
}

/// What a specific duty is counted by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Per {
    /// Units of quantity.
    Unit,
    /// Kilograms.
    Kg,
}

impl Specific {
    /// What it comes to for a product, in minor units of the project's currency, unrounded.
    pub(crate) fn of(self, product: &Product, minor: Fraction) -> Result<Fraction, MoneyError> {
        let amount = Fraction::try_new(self.amount.scaled(), UnitPrice::SCALE)?;
        let weight = match self.per {
            Per::Unit => Fraction::whole(1),
            Per::Kg => Fraction::try_new(product.unit_weight.scaled(), Measure::SCALE)?,
        };
        let all = weight.checked_mul(Fraction::whole(product.quantity.into()))?;
        amount.checked_mul(minor)?.checked_mul(all)
    }

    /// Whether no product has any of what it is counted by.
    pub(crate) fn has_nothing(self, sheet: &Sheet) -> bool {
        self.per == Per::Kg && sheet.products.iter().all(|p| p.unit_weight.is_zero())
    }
}

impl From<AdValorem> for Tariff {
    fn from(rate: AdValorem) -> Self {
        Self {
            ad_valorem: Some(rate),
            ..Self::default()
        }
    }
}

impl Tariff {
    /// An amount in the currency of the exchange, within the limits.
    pub fn limited(&self, amount: Money, exchange: Exchange<'_>) -> Result<Money, CostingError> {
        let mut minor = amount.minor();
        if let Some(least) = self.at_least {
            minor = minor.max(exchange.convert(least)?.minor());
        }
        if let Some(most) = self.at_most {
            minor = minor.min(exchange.convert(most)?.minor());
        }
        Ok(Money::try_new(minor, amount.currency())?)
    }
}
