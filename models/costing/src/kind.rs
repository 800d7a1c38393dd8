//! The words of a cost sheet: what a line is for, what it is a rate of, how it is shared out.

use std::fmt;
use std::str::FromStr;

use money::Ppm;
use serde::{Deserialize, Serialize};

/// What a cost line is for. The order is the one in which a statement shows them.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[expect(
    missing_docs,
    reason = "the names are the trade's own words, listed in domain.md §4.2"
)]
pub enum Kind {
    Freight,
    Insurance,
    CustomsDuty,
    Excise,
    Vat,
    TaxAdvance,
    CustomsBroker,
    PortHandling,
    InlandTransport,
    Inspection,
    Storage,
    BankFees,
    Other,
    Contingency,
    PlatformFee,
}

/// How a line is shared out over the products (domain.md §4.3).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AllocationKey {
    /// By the products' goods value.
    ByValue,
    /// By the number of units.
    ByQuantity,
    /// By quantity times unit weight.
    ByWeight,
    /// By quantity times unit volume.
    ByVolume,
    /// By the products' CIF value; not for what CIF itself is made of.
    ByCif,
    /// The same for each product line.
    Equal,
    /// Not shared out: worked out for each product by itself, rounded there, and summed.
    PerProduct,
    /// Worked out for each product by itself, and the exact sum rounded once for the document: the
    /// parts are rounded so that they add up to it, by largest remainder.
    PerDocument,
}

impl AllocationKey {
    /// Whether it stands for working the line out product by product, not for a key.
    pub(crate) const fn is_one_by_one(self) -> bool {
        matches!(self, Self::PerProduct | Self::PerDocument)
    }
}

/// What a rate is a rate of. Each base is made of what is evaluated before it (domain.md §4.2).
///
/// As text the plain names, and `CIF_GROSSED_UP` or `CIF_GROSSED_UP:110`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Base {
    /// The goods.
    Fob,
    /// The goods and all freight.
    FobPlusFreight,
    /// This percentage of a CIF that contains the premium itself; for insurance only.
    CifGrossedUp(Ppm),
    /// Goods, freight and insurance.
    Cif,
    /// CIF and customs duty; for VAT also excise and the lines marked `in_vat_base`.
    CifPlusDuty,
    /// All that VAT is taken of, and VAT.
    CifPlusDutyPlusVat,
    /// Goods and every cost line before the contingency; for the platform fee, the contingency too.
    TotalBeforeFees,
}

const GROSSED_UP: &str = "CIF_GROSSED_UP";

impl Base {
    /// Every base as it is written, for messages and forms.
    pub const NAMES: [&'static str; 7] = [
        "FOB",
        "FOB_PLUS_FREIGHT",
        GROSSED_UP,
        "CIF",
        "CIF_PLUS_DUTY",
        "CIF_PLUS_DUTY_PLUS_VAT",
        "TOTAL_BEFORE_FEES",
    ];
}

/// A text that names no base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a base of a cost line; allowed: {}", Base::NAMES.join(", "))]
pub struct UnknownBase;

impl FromStr for Base {
    type Err = UnknownBase;

    fn from_str(text: &str) -> Result<Self, UnknownBase> {
        Ok(match text {
            "FOB" => Self::Fob,
            "FOB_PLUS_FREIGHT" => Self::FobPlusFreight,
            GROSSED_UP => Self::CifGrossedUp(Ppm::ONE),
            "CIF" => Self::Cif,
            "CIF_PLUS_DUTY" => Self::CifPlusDuty,
            "CIF_PLUS_DUTY_PLUS_VAT" => Self::CifPlusDutyPlusVat,
            "TOTAL_BEFORE_FEES" => Self::TotalBeforeFees,
            _ => {
                let insured = text
                    .strip_prefix(GROSSED_UP)
                    .and_then(|rest| rest.strip_prefix(':'));
                let insured = insured.ok_or(UnknownBase)?;
                Self::CifGrossedUp(Ppm::parse_percent(insured).map_err(|_| UnknownBase)?)
            }
        })
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fob => "FOB",
            Self::FobPlusFreight => "FOB_PLUS_FREIGHT",
            Self::CifGrossedUp(Ppm::ONE) => GROSSED_UP,
            Self::CifGrossedUp(insured) => return write!(f, "{GROSSED_UP}:{}", insured.percent()),
            Self::Cif => "CIF",
            Self::CifPlusDuty => "CIF_PLUS_DUTY",
            Self::CifPlusDutyPlusVat => "CIF_PLUS_DUTY_PLUS_VAT",
            Self::TotalBeforeFees => "TOTAL_BEFORE_FEES",
        })
    }
}

impl TryFrom<String> for Base {
    type Error = UnknownBase;

    fn try_from(text: String) -> Result<Self, UnknownBase> {
        text.parse()
    }
}

impl From<Base> for String {
    fn from(base: Base) -> Self {
        base.to_string()
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_word_is_read_as_it_is_written() {
        for kind in Kind::iter() {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(serde_json::json!(kind), kind.to_string());
        }
        for key in AllocationKey::iter() {
            assert_eq!(key.to_string().parse(), Ok(key));
            assert_eq!(serde_json::json!(key), key.to_string());
        }
        for name in Base::NAMES
            .into_iter()
            .chain(["CIF_GROSSED_UP:110", "CIF_GROSSED_UP:102.5"])
        {
            assert_eq!(name.parse::<Base>().expect(name).to_string(), name);
        }
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for text in [
            "",
            "fob",
            "EXW",
            "CIF_GROSSED_UP:",
            "CIF_GROSSED_UP:x",
            "CIF_GROSSED_UP110",
        ] {
            assert_eq!(text.parse::<Base>(), Err(UnknownBase), "{text}");
        }
    }
}
