//! Rates in parts per million (domain.md §4.2).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal::{parse_scaled, scaled_text, shortest};
use crate::error::excerpt;
use crate::{Money, MoneyError};

/// A rate of zero or more in parts per million: 0.3464 % is 3464. Serialised as that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ppm(u32);

impl Ppm {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole: 100 %.
    pub const ONE: Self = Self(1_000_000);
    /// Parts in one whole.
    pub const SCALE: i128 = 1_000_000;
    const PERCENT_PLACES: u32 = 4;

    /// So many parts per million.
    pub const fn new(parts: u32) -> Self {
        Self(parts)
    }

    /// Reads a percentage such as `0.35`, with at most four decimals, exactly.
    pub fn parse_percent(text: &str) -> Result<Self, MoneyError> {
        let parts = parse_scaled(text, Self::PERCENT_PLACES)?;
        if parts < 0 {
            return Err(MoneyError::Negative(excerpt(text)));
        }
        u32::try_from(parts)
            .map(Self)
            .map_err(|_| MoneyError::Overflow)
    }

    /// The number of parts per million.
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// This rate of an amount, rounded half-even.
    pub fn of(self, amount: Money) -> Result<Money, MoneyError> {
        amount.mul_ratio(self.0.into(), Self::SCALE)
    }

    /// The rate as percentage text without a sign: `0.35`.
    pub fn percent(self) -> String {
        shortest(&scaled_text(self.0.into(), Self::PERCENT_PLACES)).to_owned()
    }
}

impl fmt::Display for Ppm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn a_percentage_is_read_exactly() {
        let table = [
            ("0.3464", 3_464),
            ("0.35", 3_500),
            ("18", 180_000),
            ("3.5", 35_000),
        ]
        .into_iter()
        .chain([
            ("0", 0),
            ("0.0001", 1),
            ("250", 2_500_000),
            ("429496.7295", u32::MAX),
        ]);
        for (text, parts) in table {
            let rate = Ppm::parse_percent(text).expect(text);
            assert_eq!((rate.parts(), rate.percent().as_str()), (parts, text));
        }
        assert_eq!(Ppm::new(3_500).to_string(), "0.35 %");
    }

    #[test]
    fn what_is_no_percentage_is_refused_by_its_code() {
        let table = [
            ("0.00001", "too_many_decimals"),
            ("-1", "negative"),
            ("18%", "malformed_amount"),
        ]
        .into_iter()
        .chain([("", "malformed_amount"), ("429496.7296", "overflow")]);
        for (text, code) in table {
            assert_eq!(
                Ppm::parse_percent(text).map_err(|e| e.code()),
                Err(code),
                "{text}"
            );
        }
    }

    #[test]
    fn a_rate_of_an_amount_is_rounded_half_even() {
        let table = [
            (125, 20_000, 2),
            (125, 12_000, 2),
            (375, 4_000, 2),
            (-125, 20_000, -2),
        ];
        for (minor, parts, share) in table {
            let amount = Money::try_new(minor, Currency::USD).expect("small");
            let rounded = Ppm::new(parts).of(amount).expect("small");
            assert_eq!(rounded.minor(), share, "{minor} x {parts} ppm");
        }
    }
}
