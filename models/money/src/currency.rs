//! The currencies of ISO 4217 and how many decimals each has.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::MoneyError;
use crate::error::excerpt;

/// A currency of ISO 4217, known by its code; metals and test codes, which have no minor unit,
/// are not among them. Serialised as its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    decimals: u32,
}

/// The minor units of ISO 4217: decimals, and the codes that have so many.
const TABLE: [(u32, &str); 4] = [
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    ),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD \
         CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP \
         GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK \
         LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO \
         NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS \
         SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST \
         XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self {
        code: "USD",
        decimals: 2,
    };
    /// The euro.
    pub const EUR: Self = Self {
        code: "EUR",
        decimals: 2,
    };
    /// The Peruvian sol.
    pub const PEN: Self = Self {
        code: "PEN",
        decimals: 2,
    };
    /// The Chilean peso, without decimals.
    pub const CLP: Self = Self {
        code: "CLP",
        decimals: 0,
    };
    /// The Kuwaiti dinar, with three decimals.
    pub const KWD: Self = Self {
        code: "KWD",
        decimals: 3,
    };

    /// The three letters.
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals an amount is written with: 0, 2, 3 or 4.
    pub const fn decimals(self) -> u32 {
        self.decimals
    }

    /// Minor units in one major unit: 1, 100, 1000 or 10000.
    pub const fn scale(self) -> i128 {
        10_i128.pow(self.decimals)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        TABLE
            .iter()
            .flat_map(|(decimals, codes)| codes.split(' ').map(|code| (*decimals, code)))
            .find(|(_, code)| *code == text)
            .map(|(decimals, code)| Self { code, decimals })
            .ok_or_else(|| MoneyError::UnknownCurrency(excerpt(text)))
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_have_the_decimals_of_iso_4217() {
        let table = [
            ("CLP", 0),
            ("PYG", 0),
            ("JPY", 0),
            ("USD", 2),
            ("PEN", 2),
            ("COP", 2),
        ]
        .into_iter()
        .chain([("MXN", 2), ("EUR", 2), ("KWD", 3), ("TND", 3), ("CLF", 4)]);
        for (code, decimals) in table {
            let currency: Currency = code.parse().expect(code);
            assert_eq!((currency.code(), currency.decimals()), (code, decimals));
        }
    }

    #[test]
    fn the_constants_are_those_of_the_table() {
        let constants = [
            Currency::USD,
            Currency::EUR,
            Currency::PEN,
            Currency::CLP,
            Currency::KWD,
        ];
        for currency in constants {
            assert_eq!(currency.code().parse(), Ok(currency));
        }
    }

    #[test]
    fn every_code_stands_once_and_has_three_capitals() {
        let mut codes: Vec<_> = TABLE
            .iter()
            .flat_map(|(_, codes)| codes.split(' '))
            .collect();
        assert!(
            codes
                .iter()
                .all(|c| c.len() == 3 && c.chars().all(|l| l.is_ascii_uppercase()))
        );
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn what_is_no_currency_is_refused() {
        for text in ["", "usd", "US", "USDT", "XXX", "XAU", "USD ", "ABC"] {
            let refused = text.parse::<Currency>();
            assert_eq!(refused, Err(MoneyError::UnknownCurrency(text.to_owned())));
        }
    }

    #[test]
    fn a_currency_is_serialised_as_its_code() {
        let json = serde_json::to_string(&Currency::KWD).expect("plain text");
        assert_eq!(json, r#""KWD""#);
        assert_eq!(
            serde_json::from_str::<Currency>(&json).expect("the same"),
            Currency::KWD
        );
        assert!(serde_json::from_str::<Currency>(r#""XYZ""#).is_err());
    }
}
