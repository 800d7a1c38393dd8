//! Decimals with a fixed number of places: unit prices, exchange rates, weights and volumes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::MoneyError;
use crate::error::excerpt;

/// A number of zero or more with up to `PLACES` decimals, exact. Serialised as its shortest text.
///
/// At most `MAX_SCALED` / 10^`PLACES`; anything else is refused at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal<const PLACES: u32>(i128);

/// The price of one unit in major units, up to 6 decimals (domain.md §4.1).
pub type UnitPrice = Decimal<6>;
/// An exchange rate, target per source major unit, up to 10 decimals (domain.md §6).
pub type Fx = Decimal<10>;
/// A weight in kilograms or a volume in cubic metres, up to 6 decimals.
pub type Measure = Decimal<6>;

impl<const PLACES: u32> Decimal<PLACES> {
    /// Units of the last place in one whole.
    pub const SCALE: i128 = 10_i128.pow(PLACES);
    /// The largest number, in units of the last place.
    pub const MAX_SCALED: i128 = 10_i128.pow(19);

    /// A number of `scaled` units of the last place. Refuses `negative` and `overflow`.
    pub fn from_scaled(scaled: i128) -> Result<Self, MoneyError> {
        match scaled {
            ..0 => Err(MoneyError::Negative(scaled.to_string())),
            0..=Self::MAX_SCALED => Ok(Self(scaled)),
            _ => Err(MoneyError::Overflow),
        }
    }

    /// The number in units of the last place.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl<const PLACES: u32> FromStr for Decimal<PLACES> {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match parse_scaled(text, PLACES)? {
            ..0 => Err(MoneyError::Negative(excerpt(text))),
            scaled => Self::from_scaled(scaled),
        }
    }
}

impl<const PLACES: u32> TryFrom<String> for Decimal<PLACES> {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl<const PLACES: u32> From<Decimal<PLACES>> for String {
    fn from(decimal: Decimal<PLACES>) -> Self {
        decimal.to_string()
    }
}

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(shortest(&scaled_text(self.0, PLACES)))
    }
}

/// Reads `-?digits(.digits)?` with at most `places` decimals, as units of the last place.
pub(crate) fn parse_scaled(text: &str, places: u32) -> Result<i128, MoneyError> {
    let malformed = || MoneyError::MalformedAmount(excerpt(text));
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return Err(malformed()),
        None => (digits, ""),
    };
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(decimals.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return Err(malformed());
    }
    let room = usize::try_from(places)
        .ok()
        .and_then(|p| p.checked_sub(decimals.len()));
    let Some(room) = room else {
        return Err(MoneyError::TooManyDecimals {
            text: excerpt(text),
            places,
        });
    };
    let padding = std::iter::repeat_n(b'0', room);
    let scaled = whole
        .bytes()
        .chain(decimals.bytes())
        .chain(padding)
        .try_fold(0_i128, |sum, digit| {
            sum.checked_mul(10)?
                .checked_add(i128::from(digit.wrapping_sub(b'0')))
        })
        .ok_or(MoneyError::Overflow)?;
    Ok(if negative {
        scaled.wrapping_neg()
    } else {
        scaled
    })
}

/// Writes units of the last of `places` decimals, all of them shown.
pub(crate) fn scaled_text(scaled: i128, places: u32) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let places = places as usize;
    let digits = format!(
        "{:0>width$}",
        scaled.unsigned_abs(),
        width = places.saturating_add(1)
    );
    let (whole, decimals) = digits.split_at(digits.len().saturating_sub(places));
    let point = if places == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

/// The same decimal text without needless zeros at its end.
pub(crate) fn shortest(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_decimal_is_read_exactly_and_shown_shortest() {
        let table = [
            ("28.50", 28_500_000, "28.5"),
            ("0.0042", 4_200, "0.0042"),
            ("7", 7_000_000, "7"),
            ("0", 0, "0"),
            ("0.000001", 1, "0.000001"),
            ("007.10", 7_100_000, "7.1"),
            (
                "10000000000000",
                10_000_000_000_000_000_000,
                "10000000000000",
            ),
            ("-0", 0, "0"),
        ];
        for (text, scaled, shown) in table {
            let price: UnitPrice = text.parse().expect(text);
            assert_eq!(
                (price.scaled(), price.to_string().as_str()),
                (scaled, shown)
            );
        }
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused_by_its_code() {
        let table = [
            ("", "malformed_amount"),
            ("1,5", "malformed_amount"),
            ("1 000", "malformed_amount"),
            ("+1", "malformed_amount"),
            ("1e3", "malformed_amount"),
            (".5", "malformed_amount"),
            ("5.", "malformed_amount"),
            ("1.2.3", "malformed_amount"),
            ("--1", "malformed_amount"),
            ("NaN", "malformed_amount"),
            ("٣", "malformed_amount"),
            ("-", "malformed_amount"),
            ("-1", "negative"),
            ("0.0000001", "too_many_decimals"),
            ("10000000000000.000001", "overflow"),
            (&"9".repeat(300), "overflow"),
        ];
        for (text, code) in table {
            assert_eq!(
                text.parse::<UnitPrice>().map_err(|e| e.code()),
                Err(code),
                "{text}"
            );
        }
    }

    #[test]
    fn an_exchange_rate_has_ten_decimals() {
        let rate: Fx = "0.0002345678".parse().expect("ten decimals");
        assert_eq!(rate.scaled(), 2_345_678);
        assert!("0.00023456789".parse::<Fx>().is_err());
    }

    proptest! {
        #[test]
        fn text_and_number_are_one(scaled in 0..=UnitPrice::MAX_SCALED) {
            let price = UnitPrice::from_scaled(scaled).expect("in range");
            prop_assert_eq!(price.to_string().parse(), Ok(price));
            let json = serde_json::to_string(&price).expect("text");
            prop_assert_eq!(serde_json::from_str::<UnitPrice>(&json).expect("the same"), price);
        }
    }
}
