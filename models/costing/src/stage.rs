//! The order of evaluation: where a line stands in it, and what each base is made of.

use money::Ppm;

use crate::{Base, CostLine, Kind};

/// The order of evaluation (domain.md §4.2): a line sees only lines of earlier stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Freight,
    Insurance,
    Duty,
    Excise,
    BeforeVat,
    Vat,
    TaxAdvance,
    Other,
    Contingency,
    PlatformFee,
}

impl CostLine {
    /// Where it stands in the order of evaluation: it sees only lines that stand before it.
    pub fn order(&self) -> impl Ord + use<> {
        self.stage()
    }

    pub(crate) fn stage(&self) -> Stage {
        match self.kind {
            Kind::Freight => Stage::Freight,
            Kind::Insurance => Stage::Insurance,
            Kind::CustomsDuty => Stage::Duty,
            Kind::Excise => Stage::Excise,
            Kind::Vat => Stage::Vat,
            Kind::TaxAdvance => Stage::TaxAdvance,
            Kind::Contingency => Stage::Contingency,
            Kind::PlatformFee => Stage::PlatformFee,
            Kind::CustomsBroker
            | Kind::PortHandling
            | Kind::InlandTransport
            | Kind::Inspection
            | Kind::Storage
            | Kind::BankFees
            | Kind::Other => {
                if self.in_vat_base {
                    Stage::BeforeVat
                } else {
                    Stage::Other
                }
            }
        }
    }
}

impl Base {
    /// The first stage at which all that the base is made of is known.
    pub(crate) fn known_from(self) -> Stage {
        match self {
            Self::Fob => Stage::Freight,
            Self::FobPlusFreight | Self::CifGrossedUp(_) => Stage::Insurance,
            Self::Cif => Stage::Duty,
            Self::CifPlusDuty => Stage::Excise,
            Self::CifPlusDutyPlusVat => Stage::TaxAdvance,
            Self::TotalBeforeFees => Stage::Contingency,
        }
    }

    /// Whether a line of stage `asking` counts `line` into this base, beside the goods.
    pub(crate) fn counts(self, line: &CostLine, asking: Stage) -> bool {
        let stage = line.stage();
        match self {
            Self::Fob => false,
            Self::FobPlusFreight | Self::CifGrossedUp(_) => stage == Stage::Freight,
            Self::Cif => stage <= Stage::Insurance,
            Self::CifPlusDuty if asking == Stage::Vat => stage < Stage::Vat,
            Self::CifPlusDuty => stage <= Stage::Duty,
            Self::CifPlusDutyPlusVat => stage <= Stage::Vat,
            Self::TotalBeforeFees => stage < asking && !line.recoverable,
        }
    }

    /// What the sum of the base's parts is multiplied and divided by for a rate.
    ///
    /// Grossed up, the premium is part of what it insures: `p = r * g * (c + p)`, so that
    /// `p = c * rg / (1 - rg)` for the rate `r`, the insured share `g` and goods with freight `c`.
    pub(crate) fn ratio(self, rate: Ppm) -> (i128, i128) {
        let parts = i128::from(rate.parts());
        match self {
            Self::CifGrossedUp(insured) => {
                let premium = parts * i128::from(insured.parts());
                (premium, Ppm::SCALE * Ppm::SCALE - premium)
            }
            Self::Fob
            | Self::FobPlusFreight
            | Self::Cif
            | Self::CifPlusDuty
            | Self::CifPlusDutyPlusVat
            | Self::TotalBeforeFees => (parts, Ppm::SCALE),
        }
    }
}
