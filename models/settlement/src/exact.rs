//! Exact arithmetic of settlement: checked, half-even, and written as text in JSON.

use money::{MoneyError, Ppm, allocate, div_half_even};
use serde::{Deserialize, Serialize};

use crate::SettlementError;

/// An exact amount `num / den` of minor units, not reduced: the denominators of one run's lines are
/// the same, so that lines can be compared at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// The numerator.
    #[serde(with = "text")]
    pub num: i128,
    /// The denominator, above zero.
    #[serde(with = "text")]
    pub den: i128,
}

/// Back to an amount; above `i64` is refused.
pub(crate) fn minor(value: i128) -> Result<i64, SettlementError> {
    i64::try_from(value).map_err(|_| SettlementError::Overflow)
}

pub(crate) fn mul(left: i128, right: i128) -> Result<i128, SettlementError> {
    left.checked_mul(right).ok_or(SettlementError::Overflow)
}

/// `a * b / den`, rounded half-even.
pub(crate) fn part(a: i64, b: i128, den: i128) -> Result<i64, SettlementError> {
    let exact = mul(a.into(), b)?;
    minor(div_half_even(exact, den).map_err(overflow)?)
}

/// `amount * rate`, rounded half-even.
pub(crate) fn rate(amount: i64, rate: Ppm) -> Result<i64, SettlementError> {
    part(amount, rate.parts().into(), Ppm::SCALE)
}

/// Splits `pot` by largest remainder; ties to the earlier weight. A pot of zero needs no weights.
pub(crate) fn split(pot: i64, weights: &[i128]) -> Result<Vec<i64>, SettlementError> {
    if pot == 0 {
        return Ok(vec![0; weights.len()]);
    }
    allocate(pot, weights).map_err(|error| match error {
        MoneyError::ZeroWeights => SettlementError::NobodyToPay(pot),
        other => overflow(other),
    })
}

/// The sum of amounts.
pub(crate) fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, SettlementError> {
    minor(amounts.into_iter().map(i128::from).sum())
}

/// Inputs are checked before, so that whatever `money` refuses here is a number too large.
fn overflow(_: MoneyError) -> SettlementError {
    SettlementError::Overflow
}

/// Integers as JSON strings: no reader of the document may turn an amount into a float.
pub(crate) mod text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// The same for an integer that may be missing.
pub(crate) mod text_or_none {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub fn serialize<T: Display, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(ToString::to_string).serialize(to)
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}

/// The same for counts by name.
pub(crate) mod units {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(
        counts: &BTreeMap<String, i64>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_map(counts.iter().map(|(name, count)| (name, count.to_string())))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<String, i64>, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(from)?;
        let read = |(name, count): (String, String)| {
            let count = count.parse().map_err(D::Error::custom)?;
            Ok((name, count))
        };
        texts.into_iter().map(read).collect()
    }
}
