//! One cost line, and what it may not say.

use std::cmp::Ordering;

use money::{Money, MoneyError, Ppm};
use serde::{Deserialize, Serialize};

use crate::stage::Stage;
use crate::{AdValorem, AllocationKey, Base, Kind, Tariff};

/// A cost of the project: an amount, or a rate of a base, shared out over the products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// What it is for.
    pub kind: Kind,
    /// The owner's own words for it.
    pub name: String,
    /// How much it is.
    pub charge: Charge,
    /// How it is shared out.
    pub allocation: AllocationKey,
    /// Whether it comes back: cash that must be found, but not cost.
    pub recoverable: bool,
    /// Whether VAT is taken of it as well.
    pub in_vat_base: bool,
}

/// How much a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Charge {
    /// An amount above zero, in the project's currency or one with a rate.
    Fixed(Money),
    /// A rate of a base.
    Rate {
        /// How much of it.
        rate: Rate,
        /// Of what.
        base: Base,
    },
    /// What a tariff says beyond a rate.
    Tariff(Tariff),
}

/// A rate above zero for all products, or each product's own duty rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// The same for all.
    Ppm(Ppm),
    /// Each product's own duty rate.
    PerProduct,
}

/// Why a cost line contradicts itself or the order of evaluation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// An amount of zero or less.
    #[error("the amount must be above zero; leave out a line that costs nothing")]
    AmountNotPositive,
    /// A rate of zero.
    #[error("the rate must be above zero; leave out a line that costs nothing")]
    RateNotPositive,
    /// A rate of something that is only known later.
    #[error("{base} is not known yet when {kind} is worked out; choose an earlier base")]
    BaseTooLate {
        /// The line's kind.
        kind: Kind,
        /// The base it asks for.
        base: Base,
    },
    /// Grossing up is a way to insure, nothing else.
    #[error("only INSURANCE may be a rate of CIF_GROSSED_UP, not {0}")]
    GrossedUpNotInsurance(Kind),
    /// A premium that would be as large as all it insures.
    #[error("a premium of 100 % or more of the CIF it is part of has no solution; lower the rate")]
    GrossedUpTooHigh,
    /// Premiums of several rates, or beside a specific amount, have no sum that fits.
    #[error(
        "a premium of CIF_GROSSED_UP is summed PER_DOCUMENT only at one rate for all products and \
         without a specific amount; allocate it PER_PRODUCT"
    )]
    GrossedUpPerDocument,
    /// CIF is made of this line, so it can't be shared out by CIF.
    #[error("{0} is part of CIF and can't be allocated BY_CIF; use BY_VALUE")]
    PartOfCif(Kind),
    /// An amount has no rate to take product by product.
    #[error("{0} is for rates; allocate an amount by another key, such as BY_VALUE")]
    AmountPerProduct(AllocationKey),
    /// The products' own rates can't be shared out by a key.
    #[error("a per_product rate must be allocated PER_PRODUCT or PER_DOCUMENT")]
    RateNeedsPerProduct,
    /// VAT is taken of this kind anyway, or it is worked out after VAT.
    #[error("{0} can't be marked in_vat_base: it is there already, or comes after VAT")]
    NotForVatBase(Kind),
    /// At least more than at most.
    #[error("the line is at least more than it is at most; correct one of the two")]
    LimitsContradict,
    /// Shared out by something that every product has none of.
    #[error("no product has anything to allocate {0} by; give it, or choose another key")]
    NothingToAllocateBy(AllocationKey),
    /// A number that does not fit.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl LineError {
    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AmountNotPositive => "amount_not_positive",
            Self::RateNotPositive => "rate_not_positive",
            Self::BaseTooLate { .. } => "base_too_late",
            Self::GrossedUpNotInsurance(_) => "grossed_up_not_insurance",
            Self::GrossedUpTooHigh => "grossed_up_too_high",
            Self::GrossedUpPerDocument => "grossed_up_per_document",
            Self::PartOfCif(_) => "part_of_cif",
            Self::AmountPerProduct(_) => "amount_per_product",
            Self::RateNeedsPerProduct => "rate_needs_per_product",
            Self::NotForVatBase(_) => "not_for_vat_base",
            Self::LimitsContradict => "limits_contradict",
            Self::NothingToAllocateBy(_) => "nothing_to_allocate_by",
            Self::Number(number) => number.code(),
        }
    }

    /// The column of the costs file where it can be put right.
    pub fn column(&self) -> &'static str {
        match self {
            Self::AmountNotPositive | Self::Number(_) => "amount",
            Self::RateNotPositive | Self::GrossedUpTooHigh => "rate_pct",
            Self::BaseTooLate { .. } | Self::GrossedUpNotInsurance(_) => "base",
            Self::PartOfCif(_)
            | Self::AmountPerProduct(_)
            | Self::GrossedUpPerDocument
            | Self::RateNeedsPerProduct
            | Self::NothingToAllocateBy(_) => "allocation",
            Self::NotForVatBase(_) => "in_vat_base",
            Self::LimitsContradict => "at_least",
        }
    }
}

impl CostLine {
    /// Everything that is wrong with the line by itself, without looking at the products.
    pub fn refusals(&self) -> Vec<LineError> {
        let stage = self.stage();
        let mut refusals = Vec::new();
        if self.in_vat_base && stage != Stage::BeforeVat {
            refusals.push(LineError::NotForVatBase(self.kind));
        }
        if self.allocation == AllocationKey::ByCif && stage <= Stage::Insurance {
            refusals.push(LineError::PartOfCif(self.kind));
        }
        match self.charge {
            Charge::Fixed(amount) => {
                if !amount.is_positive() {
                    refusals.push(LineError::AmountNotPositive);
                }
                if self.allocation.is_one_by_one() {
                    refusals.push(LineError::AmountPerProduct(self.allocation));
                }
            }
            Charge::Rate { rate, base } => self.refuse_rate(rate, base, &mut refusals),
            Charge::Tariff(tariff) => {
                if let Some(AdValorem { rate, base }) = tariff.ad_valorem {
                    self.refuse_rate(rate, base, &mut refusals);
                }
                refuse_tariff(&tariff, &mut refusals);
            }
        }
        refusals
    }

    fn refuse_rate(&self, rate: Rate, base: Base, refusals: &mut Vec<LineError>) {
        if self.stage() < base.known_from() {
            refusals.push(LineError::BaseTooLate {
                kind: self.kind,
                base,
            });
        }
        if rate == Rate::Ppm(Ppm::ZERO) {
            refusals.push(LineError::RateNotPositive);
        }
        if rate == Rate::PerProduct && !self.allocation.is_one_by_one() {
            refusals.push(LineError::RateNeedsPerProduct);
        }
        refusals.extend(self.grossed_up_refusal(rate, base));
    }

    fn grossed_up_refusal(&self, rate: Rate, base: Base) -> Option<LineError> {
        let Base::CifGrossedUp(insured) = base else {
            return None;
        };
        let is_mixed = match self.charge {
            Charge::Tariff(tariff) => tariff.specific.is_some() || rate == Rate::PerProduct,
            Charge::Rate { .. } | Charge::Fixed(_) => rate == Rate::PerProduct,
        };
        match rate {
            _ if self.kind != Kind::Insurance => Some(LineError::GrossedUpNotInsurance(self.kind)),
            Rate::Ppm(rate) if base.ratio(rate).1 <= 0 => Some(LineError::GrossedUpTooHigh),
            _ if insured == Ppm::ZERO => Some(LineError::RateNotPositive),
            _ if is_mixed && self.allocation == AllocationKey::PerDocument => {
                Some(LineError::GrossedUpPerDocument)
            }
            Rate::Ppm(_) | Rate::PerProduct => None,
        }
    }
}

/// What is wrong with a tariff whatever it is for.
fn refuse_tariff(tariff: &Tariff, refusals: &mut Vec<LineError>) {
    let Tariff {
        ad_valorem,
        specific,
        at_least,
        at_most,
    } = tariff;
    if ad_valorem.is_none() && specific.is_none() {
        refusals.push(LineError::RateNotPositive);
    }
    let nothing = specific.is_some_and(|specific| specific.amount.is_zero());
    let limits = [at_least, at_most];
    let mut limits = limits.into_iter().flatten();
    if nothing || limits.any(|limit| !limit.is_positive()) {
        refusals.push(LineError::AmountNotPositive);
    }
    if let (Some(least), Some(most)) = (at_least, at_most) {
        match least.compare(*most) {
            Ok(Ordering::Less | Ordering::Equal) => {}
            Ok(Ordering::Greater) => refusals.push(LineError::LimitsContradict),
            Err(error) => refusals.push(LineError::Number(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use money::Currency;

    use super::*;
    use crate::{Per, Specific};

    fn line(kind: Kind, charge: Charge, allocation: AllocationKey) -> CostLine {
        let name = kind.to_string();
        CostLine {
            kind,
            name,
            charge,
            allocation,
            recoverable: false,
            in_vat_base: false,
        }
    }

    fn rate(parts: u32, base: &str) -> Charge {
        Charge::Rate {
            rate: Rate::Ppm(Ppm::new(parts)),
            base: base.parse().expect(base),
        }
    }

    fn codes(line: &CostLine) -> Vec<&'static str> {
        line.refusals().iter().map(LineError::code).collect()
    }

    #[test]
    fn a_base_may_be_used_from_the_first_kind_that_knows_it() {
        let table = [
            ("FOB", Kind::Freight, None),
            ("FOB_PLUS_FREIGHT", Kind::Insurance, Some(Kind::Freight)),
            ("CIF", Kind::CustomsDuty, Some(Kind::Insurance)),
            ("CIF_PLUS_DUTY", Kind::Excise, Some(Kind::CustomsDuty)),
            ("CIF_PLUS_DUTY", Kind::Vat, Some(Kind::CustomsDuty)),
            ("CIF_PLUS_DUTY_PLUS_VAT", Kind::TaxAdvance, Some(Kind::Vat)),
            ("CIF_PLUS_DUTY_PLUS_VAT", Kind::Other, Some(Kind::Excise)),
            ("TOTAL_BEFORE_FEES", Kind::Contingency, Some(Kind::Other)),
            ("TOTAL_BEFORE_FEES", Kind::PlatformFee, Some(Kind::BankFees)),
        ];
        for (base, first, too_early) in table {
            let allowed = line(first, rate(10_000, base), AllocationKey::ByValue);
            assert_eq!(codes(&allowed), Vec::<&str>::new(), "{first} on {base}");
            if let Some(kind) = too_early {
                let refused = line(kind, rate(10_000, base), AllocationKey::ByValue);
                assert_eq!(codes(&refused), ["base_too_late"], "{kind} on {base}");
            }
        }
    }

    #[test]
    fn a_line_that_contradicts_itself_is_refused_with_all_its_reasons() {
        let amount =
            |minor: i64| Charge::Fixed(Money::try_new(minor, Currency::USD).expect("small"));
        let own_rate = Charge::Rate {
            rate: Rate::PerProduct,
            base: Base::Cif,
        };
        let table: [(Kind, Charge, AllocationKey, &[&str]); 9] = [
            (
                Kind::Freight,
                amount(0),
                AllocationKey::ByValue,
                &["amount_not_positive"],
            ),
            (
                Kind::Freight,
                amount(-1),
                AllocationKey::ByCif,
                &["part_of_cif", "amount_not_positive"],
            ),
            (
                Kind::Insurance,
                amount(1),
                AllocationKey::ByCif,
                &["part_of_cif"],
            ),
            (
                Kind::Other,
                amount(1),
                AllocationKey::PerProduct,
                &["amount_per_product"],
            ),
            (
                Kind::CustomsDuty,
                own_rate,
                AllocationKey::ByCif,
                &["rate_needs_per_product"],
            ),
            (
                Kind::Vat,
                rate(0, "CIF"),
                AllocationKey::ByCif,
                &["rate_not_positive"],
            ),
            (
                Kind::Other,
                rate(1, "CIF_GROSSED_UP"),
                AllocationKey::Equal,
                &["grossed_up_not_insurance"],
            ),
            (
                Kind::Insurance,
                rate(1_000_000, "CIF_GROSSED_UP"),
                AllocationKey::Equal,
                &["grossed_up_too_high"],
            ),
            (
                Kind::Insurance,
                rate(1, "CIF_GROSSED_UP:0"),
                AllocationKey::Equal,
                &["rate_not_positive"],
            ),
        ];
        for (kind, charge, allocation, reasons) in table {
            assert_eq!(codes(&line(kind, charge, allocation)), reasons, "{kind}");
        }
    }

    #[test]
    fn premiums_that_are_part_of_what_they_insure_are_summed_at_one_rate_only() {
        use AllocationKey::{PerDocument, PerProduct};
        let base = Base::CifGrossedUp(Ppm::ONE);
        let charge = |rate| Charge::Rate { rate, base };
        let (own, one) = (Rate::PerProduct, Rate::Ppm(Ppm::new(4_000)));
        let beside = Tariff {
            specific: Some(Specific {
                amount: "0.30".parse().expect("a price"),
                currency: Currency::USD,
                per: Per::Kg,
            }),
            ..AdValorem { rate: one, base }.into()
        };
        let refused: &[&str] = &["grossed_up_per_document"];
        let table: [(Charge, AllocationKey, &[&str]); 5] = [
            (charge(own), PerDocument, refused),
            (Charge::Tariff(beside), PerDocument, refused),
            (charge(own), PerProduct, &[]),
            (Charge::Tariff(beside), PerProduct, &[]),
            (charge(one), PerDocument, &[]),
        ];
        for (charge, key, reasons) in table {
            let line = line(Kind::Insurance, charge, key);
            assert_eq!(codes(&line), reasons, "{charge:?} {key}");
        }
    }

    #[test]
    fn only_lines_worked_out_before_vat_can_be_in_its_base() {
        let marked = |kind, base| CostLine {
            in_vat_base: true,
            ..line(kind, rate(1, base), AllocationKey::ByValue)
        };
        assert_eq!(
            codes(&marked(Kind::PortHandling, "CIF_PLUS_DUTY")),
            Vec::<&str>::new()
        );
        assert_eq!(codes(&marked(Kind::Excise, "CIF")), ["not_for_vat_base"]);
        assert_eq!(
            codes(&marked(Kind::TaxAdvance, "CIF")),
            ["not_for_vat_base"]
        );
        assert_eq!(
            codes(&marked(Kind::Other, "CIF_PLUS_DUTY_PLUS_VAT")),
            ["base_too_late"]
        );
    }
}
