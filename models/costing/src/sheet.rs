//! The cost sheet of a project: its products, its cost lines, and the rates of other currencies.

use std::collections::{BTreeMap, BTreeSet};

use money::{Currency, Fraction, Fx, Measure, Money, MoneyError, Ppm, UnitPrice, div_half_even};
use serde::{Deserialize, Serialize};

use crate::{AllocationKey, CostLine, CostingError};

/// Exchange rates into the project's currency, as they stood on the day the caller chose.
pub type Rates = BTreeMap<Currency, Fx>;

/// Dated rates into one currency.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The currency of the result.
    pub into: Currency,
    /// Rates of other currencies into it.
    pub rates: &'a Rates,
}

/// One line of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The importer's own code, unique in the sheet.
    pub sku: String,
    /// What it is.
    pub name: String,
    /// The tariff heading, with or without points.
    pub hs_code: String,
    /// Whole units, 1 to [`Product::MAX_QUANTITY`].
    pub quantity: u32,
    /// What one unit is called.
    pub unit: String,
    /// The supplier's price of one unit, above zero.
    pub unit_price: UnitPrice,
    /// The price's currency: the project's, or one with a rate.
    pub currency: Currency,
    /// Kilograms of one unit.
    pub unit_weight: Measure,
    /// Cubic metres of one unit.
    pub unit_volume: Measure,
    /// Its rate of customs duty.
    pub duty: Ppm,
    /// The sale price of one unit in the project's currency, when it is not cost plus margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_price: Option<UnitPrice>,
}

/// All that the costing of a project is worked out from, but the margin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The project's currency.
    pub currency: Currency,
    /// Rates of the other currencies that prices and amounts are in.
    #[serde(default)]
    pub rates: Rates,
    /// At least one, at most [`Sheet::MAX_PRODUCTS`].
    pub products: Vec<Product>,
    /// At most [`Sheet::MAX_LINES`].
    pub lines: Vec<CostLine>,
}

impl Exchange<'_> {
    /// An amount at its rate, rounded half-even once. Refuses a currency without a rate above zero.
    pub fn convert(self, amount: Money) -> Result<Money, CostingError> {
        match self.rate(amount.currency())? {
            Some(rate) => Ok(amount.convert(rate, self.into)?),
            None => Ok(amount),
        }
    }

    /// Minor units for one major unit of another currency, exactly.
    pub(crate) fn minor_of(self, currency: Currency) -> Result<Fraction, CostingError> {
        let minor = Fraction::whole(self.into.scale());
        Ok(match self.rate(currency)? {
            Some(rate) => minor.checked_mul(Fraction::try_new(rate.scaled(), Fx::SCALE)?)?,
            None => minor,
        })
    }

    fn rate(self, currency: Currency) -> Result<Option<Fx>, CostingError> {
        if currency == self.into {
            return Ok(None);
        }
        match self.rates.get(&currency) {
            Some(rate) if !rate.is_zero() => Ok(Some(*rate)),
            Some(_) | None => Err(CostingError::MissingRate(currency)),
        }
    }
}

impl Product {
    /// The largest quantity of one line of goods.
    pub const MAX_QUANTITY: u32 = 1_000_000_000;
}

impl Sheet {
    /// The most lines of goods in one project.
    pub const MAX_PRODUCTS: usize = 1_000;
    /// The most cost lines in one project.
    pub const MAX_LINES: usize = 200;

    /// Its rates into the project's currency.
    pub fn exchange(&self) -> Exchange<'_> {
        Exchange {
            into: self.currency,
            rates: &self.rates,
        }
    }

    /// Refuses what no costing can be worked out from; the first reason found.
    pub(crate) fn check(&self) -> Result<(), CostingError> {
        if self.products.is_empty() {
            return Err(CostingError::NoProducts);
        }
        if self.products.len() > Self::MAX_PRODUCTS || self.lines.len() > Self::MAX_LINES {
            return Err(CostingError::TooManyLines);
        }
        let mut skus = BTreeSet::new();
        for product in &self.products {
            let Product {
                sku,
                quantity,
                unit_price,
                ..
            } = product;
            if !skus.insert(sku) {
                return Err(CostingError::DuplicateSku(sku.clone()));
            }
            if !(1..=Product::MAX_QUANTITY).contains(quantity) {
                return Err(CostingError::Quantity(sku.clone()));
            }
            if unit_price.is_zero() {
                return Err(CostingError::PriceNotPositive(sku.clone()));
            }
        }
        for line in &self.lines {
            if let Some(refusal) = line.refusals().into_iter().next() {
                return Err(CostingError::of_line(line)(refusal));
            }
        }
        Ok(())
    }

    /// `quantity * unit_price`, rounded half-even as the invoice has it, then converted at the
    /// line's rate (domain.md §4.1).
    pub(crate) fn goods(&self, product: &Product) -> Result<Money, CostingError> {
        let exact = product
            .unit_price
            .scaled()
            .checked_mul(product.quantity.into())
            .and_then(|value| value.checked_mul(product.currency.scale()))
            .ok_or(MoneyError::Overflow)?;
        let minor = div_half_even(exact, UnitPrice::SCALE)?;
        self.exchange()
            .convert(Money::try_new(minor, product.currency)?)
    }

    /// What each product weighs in for a key that the products alone decide.
    pub(crate) fn weight(key: AllocationKey, product: &Product, goods: Money, cif: Money) -> i128 {
        let quantity = i128::from(product.quantity);
        match key {
            AllocationKey::ByValue => goods.minor().into(),
            AllocationKey::ByQuantity => quantity,
            AllocationKey::ByWeight => quantity * product.unit_weight.scaled(),
            AllocationKey::ByVolume => quantity * product.unit_volume.scaled(),
            AllocationKey::ByCif => cif.minor().into(),
            AllocationKey::Equal | AllocationKey::PerProduct | AllocationKey::PerDocument => 1,
        }
    }
}
