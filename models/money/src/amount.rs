//! An amount of one currency, in whole minor units.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Neg;

use serde::{Deserialize, Serialize};

use crate::decimal::{parse_scaled, scaled_text};
use crate::{Currency, Fx, MoneyError, allocate, div_half_even};

/// An amount in minor units of its currency, at most 10^15 of them either way (domain.md §6).
///
/// Arithmetic refuses another currency (`currency_mismatch`) and a result out of range
/// (`overflow`). Serialised as `{"minor":"123456","currency":"USD"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// The largest amount either way, in minor units.
    pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

    /// So many minor units. Refuses more than [`Self::MAX_MINOR`] either way (`overflow`).
    pub fn try_new(minor: impl Into<i128>, currency: Currency) -> Result<Self, MoneyError> {
        i64::try_from(minor.into())
            .ok()
            .filter(|minor| (-Self::MAX_MINOR..=Self::MAX_MINOR).contains(minor))
            .map(|minor| Self { minor, currency })
            .ok_or(MoneyError::Overflow)
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads `1234.56`; more decimals than the currency has are refused, not rounded.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        Self::try_new(parse_scaled(text, currency.decimals())?, currency)
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The number of minor units, when the currency is the expected one (`currency_mismatch`).
    pub fn minor_in(self, expected: Currency) -> Result<i64, MoneyError> {
        if self.currency == expected {
            Ok(self.minor)
        } else {
            Err(MoneyError::CurrencyMismatch {
                expected,
                got: self.currency,
            })
        }
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        let other = i128::from(other.minor_in(self.currency)?);
        Self::try_new(i128::from(self.minor).wrapping_add(other), self.currency)
    }

    /// The difference of two amounts of one currency; it may be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        let other = i128::from(other.minor_in(self.currency)?);
        Self::try_new(i128::from(self.minor).wrapping_sub(other), self.currency)
    }

    /// The sum of amounts that are all of `currency`; of none, zero.
    pub fn sum(
        amounts: impl IntoIterator<Item = Self>,
        currency: Currency,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Which of two amounts of one currency is larger.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        Ok(self.minor.cmp(&other.minor_in(self.currency)?))
    }

    /// `self * num / den`, rounded half-even once. Refuses a `den` below one (`not_positive`).
    pub fn mul_ratio(self, num: i128, den: i128) -> Result<Self, MoneyError> {
        let product = i128::from(self.minor)
            .checked_mul(num)
            .ok_or(MoneyError::Overflow)?;
        Self::try_new(div_half_even(product, den)?, self.currency)
    }

    /// The amount in another currency at a rate (target per source major unit), rounded half-even
    /// once. Refuses a rate of zero (`not_positive`).
    pub fn convert(self, rate: Fx, target: Currency) -> Result<Self, MoneyError> {
        if rate.is_zero() {
            return Err(MoneyError::NotPositive);
        }
        let num = rate
            .scaled()
            .checked_mul(target.scale())
            .ok_or(MoneyError::Overflow)?;
        let den = Fx::SCALE
            .checked_mul(self.currency.scale())
            .ok_or(MoneyError::Overflow)?;
        self.mul_ratio(num, den).map(|converted| Self {
            currency: target,
            ..converted
        })
    }

    /// Shares the amount out by weights; the parts add up to it exactly (see [`allocate`]).
    pub fn allocate(self, weights: &[i128]) -> Result<Vec<Self>, MoneyError> {
        let parts = allocate(self.minor, weights)?;
        Ok(parts
            .into_iter()
            .map(|minor| Self { minor, ..self })
            .collect())
    }
}

impl Neg for Money {
    type Output = Self;

    /// The range is the same on both sides, so this can't overflow.
    fn neg(self) -> Self {
        Self {
            minor: self.minor.wrapping_neg(),
            ..self
        }
    }
}

/// `1234.56`, with the currency's decimals and without its code.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&scaled_text(self.minor.into(), self.currency.decimals()))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    minor: String,
    currency: Currency,
}

impl TryFrom<Written> for Money {
    type Error = MoneyError;

    fn try_from(Written { minor, currency }: Written) -> Result<Self, MoneyError> {
        Self::try_new(parse_scaled(&minor, 0)?, currency)
    }
}

impl From<Money> for Written {
    fn from(Money { minor, currency }: Money) -> Self {
        Self {
            minor: minor.to_string(),
            currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str, currency: Currency) -> Money {
        Money::parse(text, currency).expect(text)
    }

    #[test]
    fn amounts_are_read_and_shown_with_the_decimals_of_their_currency() {
        let table = [
            ("1234.56", Currency::USD, 123_456, "1234.56"),
            ("7", Currency::USD, 700, "7.00"),
            ("0.5", Currency::USD, 50, "0.50"),
            ("-0.05", Currency::USD, -5, "-0.05"),
            ("1500", Currency::CLP, 1500, "1500"),
            ("-3", Currency::CLP, -3, "-3"),
            ("1.234", Currency::KWD, 1234, "1.234"),
            ("0", Currency::KWD, 0, "0.000"),
            (
                "10000000000000.00",
                Currency::USD,
                Money::MAX_MINOR,
                "10000000000000.00",
            ),
        ];
        for (text, currency, minor, shown) in table {
            let amount = money(text, currency);
            assert_eq!(
                (amount.minor(), amount.to_string().as_str()),
                (minor, shown)
            );
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_by_its_code() {
        let table = [
            ("10.001", Currency::USD, "too_many_decimals"),
            ("1.5", Currency::CLP, "too_many_decimals"),
            ("0.0001", Currency::KWD, "too_many_decimals"),
            ("1,234.56", Currency::USD, "malformed_amount"),
            ("$5", Currency::USD, "malformed_amount"),
            (" 5", Currency::USD, "malformed_amount"),
            ("10000000000000.01", Currency::USD, "overflow"),
            ("-10000000000000.01", Currency::USD, "overflow"),
            (&"9".repeat(300), Currency::USD, "overflow"),
        ];
        for (text, currency, code) in table {
            assert_eq!(
                Money::parse(text, currency).map_err(|e| e.code()),
                Err(code),
                "{text}"
            );
        }
    }

    #[test]
    fn the_largest_amount_takes_not_one_cent_more() {
        let largest = Money::try_new(Money::MAX_MINOR, Currency::USD).expect("the limit itself");
        let cent = money("0.01", Currency::USD);
        assert_eq!(largest.checked_add(cent), Err(MoneyError::Overflow));
        assert_eq!((-largest).checked_sub(cent), Err(MoneyError::Overflow));
        assert_eq!(largest.checked_sub(largest), Ok(Money::zero(Currency::USD)));
    }

    #[test]
    fn currencies_do_not_mix() {
        let (dollar, sol) = (money("1", Currency::USD), money("1", Currency::PEN));
        let mismatch = MoneyError::CurrencyMismatch {
            expected: Currency::USD,
            got: Currency::PEN,
        };
        assert_eq!(dollar.checked_add(sol), Err(mismatch.clone()));
        assert_eq!(dollar.checked_sub(sol), Err(mismatch.clone()));
        assert_eq!(dollar.compare(sol), Err(mismatch.clone()));
        assert_eq!(Money::sum([dollar, sol], Currency::USD), Err(mismatch));
        assert_eq!(
            dollar.compare(money("0.99", Currency::USD)),
            Ok(Ordering::Greater)
        );
    }

    #[test]
    fn a_conversion_is_rounded_once_in_the_target_currency() {
        let table = [
            ("100.00", Currency::USD, "3.7455", Currency::PEN, "374.55"),
            ("0.01", Currency::USD, "950.5", Currency::CLP, "10"),
            ("950", Currency::CLP, "0.0010526316", Currency::USD, "1.00"),
            ("1.000", Currency::KWD, "3.25505", Currency::USD, "3.26"),
            ("1.00", Currency::USD, "0.125", Currency::EUR, "0.12"),
        ];
        for (amount, from, rate, to, converted) in table {
            let rate = rate.parse().expect(rate);
            let result = money(amount, from).convert(rate, to).expect("in range");
            assert_eq!(result, money(converted, to), "{amount} {from} at {rate}");
        }
        let refused = money("1", Currency::USD).convert("0".parse().expect("zero"), Currency::PEN);
        assert_eq!(refused, Err(MoneyError::NotPositive));
    }

    #[test]
    fn the_serialised_form_is_text_and_takes_nothing_else() {
        let json = serde_json::to_string(&money("-12.30", Currency::USD)).expect("plain");
        assert_eq!(json, r#"{"minor":"-1230","currency":"USD"}"#);
        for bad in [
            r#"{"minor":"1.5","currency":"USD"}"#,
            r#"{"minor":"1","currency":"usd"}"#,
            r#"{"minor":"1000000000000001","currency":"USD"}"#,
            r#"{"minor":1,"currency":"USD"}"#,
        ] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
    }

    fn currencies() -> impl Strategy<Value = Currency> {
        proptest::sample::select(vec![Currency::CLP, Currency::USD, Currency::KWD])
    }

    proptest! {
        #[test]
        fn text_json_and_amount_are_one(minor in -Money::MAX_MINOR..=Money::MAX_MINOR,
                                        currency in currencies()) {
            let amount = Money::try_new(minor, currency).expect("in range");
            prop_assert_eq!(Money::parse(&amount.to_string(), currency), Ok(amount));
            let json = serde_json::to_string(&amount).expect("plain");
            prop_assert_eq!(serde_json::from_str::<Money>(&json).expect("the same"), amount);
        }

        #[test]
        fn what_is_added_can_be_taken_away(a in -Money::MAX_MINOR..=Money::MAX_MINOR,
                                           b in -Money::MAX_MINOR..=Money::MAX_MINOR) {
            let a = Money::try_new(a, Currency::USD).expect("in range");
            let b = Money::try_new(b, Currency::USD).expect("in range");
            if let Ok(sum) = a.checked_add(b) {
                prop_assert_eq!(sum.checked_sub(b), Ok(a));
            }
        }
    }
}
