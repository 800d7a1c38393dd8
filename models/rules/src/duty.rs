//! Duties and taxes of an import, as cost lines that costing works out (domain.md §4).

use std::collections::BTreeSet;

use costing::{
    AdValorem, AllocationKey, Base, Charge, CostLine, Kind, Per, Rate, Sheet, Specific, Tariff,
};
use money::{Currency, Fraction, Money, MoneyError, Ppm};
use serde::{Deserialize, Serialize};

use crate::{Amount, Pack, RuleError, Source};

/// What is special about an import, by codes of the pack, such as `FIRST_IMPORT`.
pub type Cases = BTreeSet<String>;

/// A duty or tax: one of `rate_ppm` and `per_product` of a `base`, or `specific`, or the greater of
/// both.
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
    /// Of what it is a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// An amount for each unit or kilogram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specific: Option<SpecificDuty>,
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

/// An amount for each unit or kilogram of the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecificDuty {
    /// Above zero.
    pub amount: Amount,
    /// For each of what.
    pub per: Per,
}

/// How taxes are rounded. LINE rounds product by product, half-even to the minor unit; DOCUMENT
/// rounds the exact sum of the whole declaration once, as it says.
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
    /// A number of zero or more as a whole one.
    fn round(self, exact: Fraction) -> Result<i128, MoneyError> {
        let floor = exact.floor();
        let rest = exact.checked_sub(Fraction::whole(floor))?;
        let half = Fraction::try_new(1, 2)?;
        let up = match self {
            Self::HalfEven => rest > half || (rest == half && floor % 2 == 1),
            Self::HalfUp => rest >= half,
            Self::HalfDown => rest > half,
            Self::Up => rest > Fraction::ZERO,
            Self::Down => false,
        };
        Ok(floor + i128::from(up))
    }
}

impl Rounding {
    /// What a document's tax is rounded to, of its exact sum in minor units. `None` where costing
    /// rounds so by itself.
    fn rounded(
        &self,
        exact: Fraction,
        currency: Currency,
        pack: &Pack,
    ) -> Result<Option<Money>, MoneyError> {
        let to = self.to.as_ref().map(|to| to.money(pack)).transpose()?;
        let to = to.filter(|to| to.currency() == currency && to.is_positive());
        let half_even = self.mode == RoundingMode::HalfEven && to.is_none();
        if self.per == RoundingScope::Line || half_even {
            return Ok(None);
        }
        let step = to.map_or(1, |to| to.minor().into());
        let steps = exact.checked_mul(Fraction::try_new(1, step)?)?;
        let minor = self.mode.round(steps)?.checked_mul(step);
        Money::try_new(minor.ok_or(MoneyError::Overflow)?, currency).map(Some)
    }
}

impl ImportLine {
    fn is_due(&self, cases: &Cases) -> bool {
        self.when.is_subset(cases) && self.unless.is_disjoint(cases)
    }

    fn is(&self, line: &CostLine) -> bool {
        self.kind == line.kind && self.name == line.name
    }

    /// As costing takes it; a document's rounding other than half-even is not in it.
    pub(crate) fn cost_line(&self, pack: &Pack) -> Result<CostLine, MoneyError> {
        let rounding = pack.import.rounding.as_ref();
        let once = rounding.is_some_and(|rounding| rounding.per == RoundingScope::Document);
        Ok(CostLine {
            kind: self.kind,
            name: self.name.clone(),
            charge: charge(self.tariff(pack)?),
            allocation: if once {
                AllocationKey::PerDocument
            } else {
                AllocationKey::PerProduct
            },
            recoverable: self.recoverable,
            in_vat_base: self.in_vat_base,
        })
    }

    fn tariff(&self, pack: &Pack) -> Result<Tariff, MoneyError> {
        let rate = self.rate_ppm.map_or(Rate::PerProduct, Rate::Ppm);
        let specific = |SpecificDuty { amount, per }: &SpecificDuty| {
            let (amount, currency) = amount.price(pack)?;
            let per = *per;
            Ok::<_, MoneyError>(Specific {
                amount,
                currency,
                per,
            })
        };
        let money = |amount: &Amount| amount.money(pack);
        Ok(Tariff {
            ad_valorem: self.base.map(|base| AdValorem { rate, base }),
            specific: self.specific.as_ref().map(specific).transpose()?,
            at_least: self.at_least.as_ref().map(money).transpose()?,
            at_most: self.at_most.as_ref().map(money).transpose()?,
        })
    }
}

impl Pack {
    /// The cases that lines of an import are due in, or not due in.
    pub fn cases(&self) -> Cases {
        let lines = self.import.lines.iter();
        let cases = lines.flat_map(|line| line.when.union(&line.unless));
        cases.cloned().collect()
    }

    /// The cost lines that the rules add to a sheet that has all others, in the pack's order.
    ///
    /// A line of the sheet that is called like one of the pack's gives way to it. Rates, amounts
    /// and limits stay as the law has them, so that costing works them out anew when the sheet
    /// changes. Only what a document rounds other than half-even to the minor unit is at least and
    /// at most what it comes to, so it must be asked for again. What comes to nothing is left out.
    /// Refuses a case that the pack does not have, a sheet that can't be costed, missing rates.
    pub fn import_lines(
        &self,
        sheet: &Sheet,
        cases: &Cases,
    ) -> Result<Vec<ProposedLine>, RuleError> {
        self.refuse_unknown(cases)?;
        let lines = &self.import.lines;
        let mut whole = sheet.clone();
        whole
            .lines
            .retain(|line| !lines.iter().any(|ours| ours.is(line)));
        let mut due = Vec::new();
        for ours in lines.iter().filter(|ours| ours.is_due(cases)) {
            due.push((ours.cost_line(self)?, ours.tariff(self)?));
        }
        due.sort_by_key(|(line, _)| line.order());
        for (line, tariff) in due {
            whole.lines.extend(self.rounded(&whole, line, tariff)?);
        }
        let plan = costing::compute(&whole, Ppm::ZERO)?;
        let proposed = lines.iter().filter_map(|ours| {
            let costs = plan.lines.iter().filter(|cost| !cost.amount.is_zero());
            let line = costs.map(|cost| &cost.line).find(|line| ours.is(line))?;
            Some(ProposedLine {
                line: line.clone(),
                source: self.cite(&ours.source),
            })
        });
        Ok(proposed.collect())
    }

    /// A line beside the others of a sheet, as the document rounds it; none that comes to nothing.
    fn rounded(
        &self,
        sheet: &Sheet,
        mut line: CostLine,
        tariff: Tariff,
    ) -> Result<Option<CostLine>, RuleError> {
        let exact = costing::exact(sheet, &line, &tariff)?;
        if exact == Fraction::ZERO {
            return Ok(None);
        }
        let rounding = self.import.rounding.as_ref();
        let rounded = rounding.map(|rounding| rounding.rounded(exact, sheet.currency, self));
        if let Some(rounded) = rounded.transpose()?.flatten() {
            let amount = tariff.limited(rounded, sheet.exchange())?;
            if amount.is_zero() {
                return Ok(None);
            }
            line.charge = Charge::Tariff(Tariff {
                at_least: Some(amount),
                at_most: Some(amount),
                ..tariff
            });
        }
        Ok(Some(line))
    }

    fn refuse_unknown(&self, cases: &Cases) -> Result<(), RuleError> {
        let known = self.cases();
        let Some(found) = cases.difference(&known).next() else {
            return Ok(());
        };
        Err(RuleError::UnknownCase {
            found: found.clone(),
            known: if known.is_empty() {
                "none".to_owned()
            } else {
                known.into_iter().collect::<Vec<_>>().join(", ")
            },
            pack: self.version(),
        })
    }
}

/// A rule in its simplest form.
fn charge(tariff: Tariff) -> Charge {
    match tariff.ad_valorem {
        Some(rate) if tariff == rate.into() => Charge::Rate {
            rate: rate.rate,
            base: rate.base,
        },
        Some(_) | None => Charge::Tariff(tariff),
    }
}
