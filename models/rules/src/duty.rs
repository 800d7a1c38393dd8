//! Duties and taxes of an import, as cost lines that costing works out (domain.md §4).

use std::collections::BTreeSet;

use costing::{AllocationKey, Base, Charge, CostLine, Costing, Kind, Rate, Sheet};
use money::{Money, Ppm};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Amount, Exchange, Pack, RuleError, Source};

/// What is special about an import, by codes of the pack, such as `FIRST_IMPORT`.
pub type Cases = BTreeSet<String>;

/// A duty or tax: exactly one of `rate_ppm` and `per_product` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportLine {
    /// What it is.
    pub kind: Kind,
    /// What it is called, unique in the pack.
    pub name: String,
    /// Its rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_ppm: Option<Ppm>,
    /// Whether each product has a rate of its own, from its tariff heading.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub per_product: bool,
    /// Of what.
    #[serde(deserialize_with = "base")]
    pub base: Base,
    /// Whether it comes back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recoverable: bool,
    /// Whether VAT is taken of it as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_vat_base: bool,
    /// Its floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Amount>,
    /// Its cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Amount>,
    /// It is due only in all of these cases.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub when: Cases,
    /// It is not due in any of these cases.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unless: Cases,
    /// Where it stands.
    pub source: Source,
}

/// How taxes are rounded. LINE takes the rate product by product, half-even to the minor unit;
/// DOCUMENT takes it once of the whole declaration and rounds as it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    /// What is rounded.
    pub per: RoundingScope,
    /// To which neighbour.
    pub mode: RoundingMode,
    /// To whole multiples of this, if not of the minor unit; only in a sheet of its currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Amount>,
    /// Where it stands.
    pub source: Source,
}

/// What is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RoundingScope {
    /// Each product's part.
    Line,
    /// The tax of the whole declaration.
    Document,
}

/// To which neighbour a number is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RoundingMode {
    /// The nearest, a tie to the even one.
    HalfEven,
    /// The nearest, a tie to the larger one.
    HalfUp,
    /// The nearest, a tie to the smaller one.
    HalfDown,
    /// The larger one.
    Up,
    /// The smaller one.
    Down,
}

/// A cost line that the rules call for, and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedLine {
    /// As costing takes it.
    pub line: CostLine,
    /// The law in full.
    pub source: String,
}

impl RoundingMode {
    /// `num / den` as a whole number, for a `num` of zero or more and a `den` above zero.
    fn round(self, num: i128, den: i128) -> i128 {
        let (floor, rest) = (num / den, num % den);
        let twice = rest * 2;
        let up = match self {
            Self::HalfEven => twice > den || (twice == den && floor % 2 == 1),
            Self::HalfUp => twice >= den,
            Self::HalfDown => twice > den,
            Self::Up => rest > 0,
            Self::Down => false,
        };
        floor + i128::from(up)
    }
}

impl ImportLine {
    /// Whether it is due in such cases.
    pub fn is_due(&self, cases: &Cases) -> bool {
        self.when.is_subset(cases) && self.unless.is_disjoint(cases)
    }

    fn is(&self, line: &CostLine) -> bool {
        self.kind == line.kind && self.name == line.name
    }

    pub(crate) fn cost_line(&self, per: RoundingScope) -> CostLine {
        let rate = self.rate_ppm.map_or(Rate::PerProduct, Rate::Ppm);
        let once = per == RoundingScope::Document && rate != Rate::PerProduct;
        CostLine {
            kind: self.kind,
            name: self.name.clone(),
            charge: Charge::Rate {
                rate,
                base: self.base,
            },
            allocation: if once {
                AllocationKey::ByCif
            } else {
                AllocationKey::PerProduct
            },
            recoverable: self.recoverable,
            in_vat_base: self.in_vat_base,
        }
    }
}

impl Pack {
    /// What taxes are rounded by; without a rule, product by product.
    pub fn rounding_scope(&self) -> RoundingScope {
        let rounding = self.import.rounding.as_ref();
        rounding.map_or(RoundingScope::Line, |rounding| rounding.per)
    }

    /// The cost lines that the rules add to a sheet that has all others, in the pack's order.
    ///
    /// A line of the sheet that is called like one of the pack's gives way to it. Where a floor, a
    /// cap or the rounding of the document changes what a rate comes to, the line is a fixed
    /// amount in the sheet's currency, so it must be asked for again when the sheet changes. What
    /// comes to nothing is left out. Refuses a sheet that can't be costed, and missing rates.
    pub fn import_lines(
        &self,
        sheet: &Sheet,
        cases: &Cases,
    ) -> Result<Vec<ProposedLine>, RuleError> {
        let is_ours = |line: &CostLine| self.import.lines.iter().any(|ours| ours.is(line));
        let mut whole = sheet.clone();
        whole.lines.retain(|line| !is_ours(line));
        let mut due: Vec<&ImportLine> = self.import.lines.iter().collect();
        due.retain(|ours| ours.is_due(cases));
        let mut open = Vec::new();
        for ours in &due {
            let mut line = ours.cost_line(self.rounding_scope());
            if self.is_adjusted(ours) {
                open.push(*ours);
                if self.document_rate(ours).is_some() {
                    // The whole of its base, so that what is rounded is exact.
                    line.charge = Charge::Rate {
                        rate: Rate::Ppm(Ppm::ONE),
                        base: ours.base,
                    };
                }
            }
            whole.lines.push(line);
        }
        while !open.is_empty() {
            let plan = costing::compute(&whole, Ppm::ZERO)?;
            let Some((at, worked_out)) = first_of(&open, &plan) else {
                break;
            };
            let ours = open.remove(at);
            self.settle(ours, worked_out, &mut whole)?;
        }
        let proposed = due.into_iter().filter_map(|ours| {
            let line = whole.lines.iter().find(|line| ours.is(line))?.clone();
            let source = self.cite(&ours.source);
            Some(ProposedLine { line, source })
        });
        Ok(proposed.collect())
    }

    /// Puts what a line comes to in place of its rate, when that is not what costing would say.
    fn settle(
        &self,
        ours: &ImportLine,
        worked_out: Money,
        whole: &mut Sheet,
    ) -> Result<(), RuleError> {
        let exchange = Exchange {
            into: whole.currency,
            rates: &whole.rates,
        };
        let part = self.document_rate(ours).unwrap_or(Ppm::ONE);
        let rounded = self.rounded(worked_out, (part.parts().into(), Ppm::SCALE))?;
        let (floor, cap) = (ours.at_least.as_ref(), ours.at_most.as_ref());
        let amount = exchange.between(floor, rounded, cap, self)?;
        let is_rate = self.document_rate(ours).is_none() && amount == worked_out;
        if amount.is_zero() {
            whole.lines.retain(|line| !ours.is(line));
        } else if !is_rate {
            for line in whole.lines.iter_mut().filter(|line| ours.is(line)) {
                line.charge = Charge::Fixed(amount);
                line.allocation = AllocationKey::ByCif;
            }
        }
        Ok(())
    }

    fn rounds_document(&self) -> Option<&Rounding> {
        let rounding = self.import.rounding.as_ref();
        rounding.filter(|rounding| rounding.per == RoundingScope::Document)
    }

    /// The rate of a line that is taken once of the whole document.
    fn document_rate(&self, line: &ImportLine) -> Option<Ppm> {
        self.rounds_document().and(line.rate_ppm)
    }

    fn is_adjusted(&self, line: &ImportLine) -> bool {
        self.rounds_document().is_some() || line.at_least.is_some() || line.at_most.is_some()
    }

    fn rounded(&self, of: Money, (num, den): (i128, i128)) -> Result<Money, RuleError> {
        let Some(rounding) = self.rounds_document() else {
            return Ok(of);
        };
        let multiple = rounding
            .to
            .as_ref()
            .and_then(|to| to.money(self))
            .transpose()?;
        let multiple = multiple.filter(|to| to.currency() == of.currency() && to.is_positive());
        let step = multiple.map_or(1, |to| i128::from(to.minor()));
        let steps = rounding
            .mode
            .round(i128::from(of.minor()) * num, den * step);
        Ok(Money::try_new(steps * step, of.currency())?)
    }
}

/// A base by its name, or all names.
fn base<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Base, D::Error> {
    let name = String::deserialize(deserializer)?;
    let none = |_| {
        let names = Base::NAMES.join(", ");
        D::Error::custom(format!("`{name}` is no base; allowed: {names}"))
    };
    name.parse().map_err(none)
}

/// The open line that is evaluated first, and what it comes to.
fn first_of(open: &[&ImportLine], plan: &Costing) -> Option<(usize, Money)> {
    plan.lines.iter().find_map(|cost| {
        let at = open.iter().position(|ours| ours.is(&cost.line))?;
        Some((at, cost.amount))
    })
}
