//! The result: every total, every line with its parts, every product with its landed cost.

use std::collections::BTreeMap;

use money::{Currency, Fraction, Money, MoneyError, Ppm};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{CostLine, Kind};

/// How many decimals unit figures are shown with (domain.md §4.4); they are kept exactly.
pub(crate) const UNIT_PLACES: u32 = 4;

/// The landed cost of a project, all of it in the project's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costing {
    /// The project's currency.
    pub currency: Currency,
    /// The owner's margin on cost.
    pub margin: Ppm,
    /// The project's figures.
    pub totals: Totals,
    /// The cost lines in the order of evaluation.
    pub lines: Vec<LineCost>,
    /// The products in the order of the sheet.
    pub products: Vec<ProductCost>,
}

/// The project's figures. Cost, recoverable tax and cash need are three of them (domain.md §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// All goods.
    pub goods: Money,
    /// All lines that do not come back.
    pub logistics: Money,
    /// Goods and logistics.
    pub total_cost: Money,
    /// All lines that come back.
    pub recoverable_taxes: Money,
    /// Total cost and recoverable taxes: what must be paid out first.
    pub cash_need: Money,
    /// Goods, freight and insurance.
    pub cif: Money,
    /// The margin of the total cost.
    pub projected_return: Money,
}

/// A cost line worked out: `parts` has one amount for each product and adds up to `amount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineCost {
    /// The line as the sheet has it.
    pub line: CostLine,
    /// What it comes to.
    pub amount: Money,
    /// Each product's part, in the order of the products.
    pub parts: Vec<Money>,
}

/// What one product costs, landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductCost {
    /// The importer's own code.
    pub sku: String,
    /// What it is.
    pub name: String,
    /// Whole units.
    pub quantity: u32,
    /// Its goods value.
    pub goods: Money,
    /// Its goods, freight and insurance.
    pub cif: Money,
    /// Its parts of the cost lines, recoverable ones too, summed by kind.
    pub lines: BTreeMap<Kind, Money>,
    /// Its goods and its parts of the lines that do not come back.
    pub landed_cost: Money,
    /// The landed cost of one unit, in major units.
    pub landed_unit_cost: Fraction,
    /// The sale price of one unit, in major units.
    pub planned_unit_price: Fraction,
}

/// Who finds the money for the recoverable taxes (domain.md §4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecoverableTaxes {
    /// The investors: the taxes are part of the goal, and their refund comes back to escrow.
    Financed,
    /// The owner, outside escrow: their refund is the owner's.
    PaidByOwner,
}

impl Costing {
    /// The amount to be raised (domain.md §4.6).
    pub fn goal(&self, taxes: RecoverableTaxes) -> Money {
        match taxes {
            RecoverableTaxes::Financed => self.totals.cash_need,
            RecoverableTaxes::PaidByOwner => self.totals.total_cost,
        }
    }

    /// The form that programs read: amounts as decimal text, unit figures with four decimals.
    ///
    /// Refuses (`overflow`) unit figures that did not come from [`crate::compute`] and do not fit.
    pub fn to_json(&self) -> Result<Value, MoneyError> {
        let Totals {
            goods,
            logistics,
            total_cost,
            recoverable_taxes,
            ..
        } = &self.totals;
        let Totals {
            cash_need,
            cif,
            projected_return,
            ..
        } = &self.totals;
        let products = self.products.iter().map(ProductCost::to_json);
        Ok(json!({
            "currency": self.currency,
            "totals": {
                "goods": goods.to_string(),
                "logistics": logistics.to_string(),
                "total_cost": total_cost.to_string(),
                "recoverable_taxes": recoverable_taxes.to_string(),
                "cash_need": cash_need.to_string(),
                "cif": cif.to_string(),
                "projected_return": projected_return.to_string(),
            },
            "products": products.collect::<Result<Vec<_>, _>>()?,
        }))
    }
}

impl ProductCost {
    fn to_json(&self) -> Result<Value, MoneyError> {
        let by_kind = self
            .lines
            .iter()
            .map(|(kind, sum)| (kind.to_string(), json!(sum.to_string())));
        Ok(json!({
            "sku": self.sku,
            "quantity": self.quantity,
            "goods": self.goods.to_string(),
            "cif": self.cif.to_string(),
            "lines": by_kind.collect::<Map<_, _>>(),
            "landed_cost": self.landed_cost.to_string(),
            "landed_unit_cost": self.landed_unit_cost.to_decimal(UNIT_PLACES)?,
            "planned_unit_price": self.planned_unit_price.to_decimal(UNIT_PLACES)?,
        }))
    }
}
