//! An exact fraction, for figures that are kept unrounded: unit costs, entitlements.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::decimal::{parse_scaled, scaled_text};
use crate::error::excerpt;
use crate::rounding::floor_div;
use crate::{MoneyError, div_half_even};

/// `num / den` in lowest terms, `den` above zero. Serialised as `num/den`.
///
/// Arithmetic that would not fit is refused (`overflow`); comparing always works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fraction {
    num: i128,
    den: i128,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// `num / den`. Refuses a `den` below one (`not_positive`).
    pub fn try_new(num: i128, den: i128) -> Result<Self, MoneyError> {
        if den <= 0 {
            return Err(MoneyError::NotPositive);
        }
        let divisor = gcd(num, den);
        Ok(Self {
            num: floor_div(num, divisor).0,
            den: floor_div(den, divisor).0,
        })
    }

    /// A whole number.
    pub const fn whole(num: i128) -> Self {
        Self { num, den: 1 }
    }

    /// The numerator, which carries the sign.
    pub const fn num(self) -> i128 {
        self.num
    }

    /// The denominator, above zero.
    pub const fn den(self) -> i128 {
        self.den
    }

    /// The exact sum.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        let common = gcd(self.den, other.den);
        let (left, right) = (
            floor_div(other.den, common).0,
            floor_div(self.den, common).0,
        );
        let num = || {
            self.num
                .checked_mul(left)?
                .checked_add(other.num.checked_mul(right)?)
        };
        let den = self.den.checked_mul(left);
        Self::try_new(
            num().ok_or(MoneyError::Overflow)?,
            den.ok_or(MoneyError::Overflow)?,
        )
    }

    /// The exact difference.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        let num = other.num.checked_neg().ok_or(MoneyError::Overflow)?;
        self.checked_add(Self { num, ..other })
    }

    /// The exact product.
    pub fn checked_mul(self, other: Self) -> Result<Self, MoneyError> {
        // Crossing out first keeps the products as small as the result allows.
        let left = Self::try_new(self.num, other.den)?;
        let right = Self::try_new(other.num, self.den)?;
        let num = left
            .num
            .checked_mul(right.num)
            .ok_or(MoneyError::Overflow)?;
        let den = left
            .den
            .checked_mul(right.den)
            .ok_or(MoneyError::Overflow)?;
        Self::try_new(num, den)
    }

    /// The largest whole number that is not above it.
    pub fn floor(self) -> i128 {
        floor_div(self.num, self.den).0
    }

    /// In units of the last of `places` decimals, rounded half-even.
    pub fn round(self, places: u32) -> Result<i128, MoneyError> {
        let scaled = 10_i128
            .checked_pow(places)
            .and_then(|scale| self.num.checked_mul(scale));
        div_half_even(scaled.ok_or(MoneyError::Overflow)?, self.den)
    }

    /// As decimal text with `places` decimals, rounded half-even.
    pub fn to_decimal(self, places: u32) -> Result<String, MoneyError> {
        Ok(scaled_text(self.round(places)?, places))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By Euclid's algorithm, whole part by whole part, so that no product is needed.
impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (*self, *other);
        let mut mirrored = false;
        loop {
            let (left_whole, left_rest) = floor_div(left.num, left.den);
            let (right_whole, right_rest) = floor_div(right.num, right.den);
            let order = left_whole
                .cmp(&right_whole)
                .then_with(|| match (left_rest, right_rest) {
                    (0, rest) => 0.cmp(&rest),
                    (_, 0) => Ordering::Greater,
                    (_, _) => Ordering::Equal,
                });
            if order.is_ne() || left_rest == 0 {
                return if mirrored { order.reverse() } else { order };
            }
            left = Self {
                num: left.den,
                den: left_rest,
            };
            right = Self {
                num: right.den,
                den: right_rest,
            };
            mirrored = !mirrored;
        }
    }
}

impl FromStr for Fraction {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let malformed = || MoneyError::MalformedAmount(excerpt(text));
        let (num, den) = text.split_once('/').ok_or_else(malformed)?;
        Self::try_new(parse_scaled(num, 0)?, parse_scaled(den, 0)?)
    }
}

impl TryFrom<String> for Fraction {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Fraction> for String {
    fn from(fraction: Fraction) -> Self {
        fraction.to_string()
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

/// The greatest common divisor with a `den` above zero; it fits, because it divides `den`.
fn gcd(num: i128, den: i128) -> i128 {
    let (mut a, mut b) = (den, floor_div(num, den).1);
    while b != 0 {
        (a, b) = (b, floor_div(a, b).1);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fraction(num: i128, den: i128) -> Fraction {
        Fraction::try_new(num, den).expect("a positive denominator")
    }

    #[test]
    fn fractions_are_kept_in_lowest_terms() {
        for (num, den, shown) in [(6, 4, "3/2"), (-6, 4, "-3/2"), (0, 9, "0/1"), (5, 1, "5/1")] {
            assert_eq!(fraction(num, den).to_string(), shown);
            assert_eq!(shown.parse(), Ok(fraction(num, den)));
        }
        assert_eq!(Fraction::try_new(1, 0), Err(MoneyError::NotPositive));
        assert_eq!(Fraction::try_new(1, -2), Err(MoneyError::NotPositive));
    }

    #[test]
    fn decimals_are_rounded_half_even() {
        let table = [(1, 3, "0.3333"), (2, 3, "0.6667"), (1, 20_000, "0.0000")]
            .into_iter()
            .chain([
                (3, 20_000, "0.0002"),
                (-1, 3, "-0.3333"),
                (12, 1, "12.0000"),
            ]);
        for (num, den, shown) in table {
            assert_eq!(fraction(num, den).to_decimal(4).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_and_still_compares() {
        let huge = fraction(i128::MAX, 3);
        assert_eq!(huge.checked_mul(huge), Err(MoneyError::Overflow));
        assert_eq!(
            huge.checked_add(Fraction::whole(i128::MAX)),
            Err(MoneyError::Overflow)
        );
        assert_eq!(huge.round(4), Err(MoneyError::Overflow));
        let (below, above) = (
            fraction(i128::MAX - 2, i128::MAX - 1),
            fraction(i128::MAX - 1, i128::MAX),
        );
        assert!(below < above);
    }

    proptest! {
        #[test]
        fn order_and_arithmetic_are_those_of_cross_products(
            a in -1_000_000_i128..1_000_000, b in 1_i128..1_000_000,
            c in -1_000_000_i128..1_000_000, d in 1_i128..1_000_000,
        ) {
            let (left, right) = (fraction(a, b), fraction(c, d));
            prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
            prop_assert_eq!(left.checked_add(right), Fraction::try_new(a * d + c * b, b * d));
            prop_assert_eq!(left.checked_sub(right), Fraction::try_new(a * d - c * b, b * d));
            prop_assert_eq!(left.checked_mul(right), Fraction::try_new(a * c, b * d));
            prop_assert_eq!(left.floor(), a.div_euclid(b));
        }
    }
}
