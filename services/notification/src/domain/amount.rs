//! An amount as a reader of each country writes it.

use money::Money;

use super::Language;

/// How a reader writes thousands and decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// `1.234,56`: most of the Spanish-speaking world, and Europe.
    #[default]
    Comma,
    /// `1,234.56`: Peru, Mexico, Central America, and where English is spoken.
    Point,
}

impl Numbers {
    /// As the country writes; where it is not known, as most readers of the language do.
    pub fn of(country: &str, language: Language) -> Self {
        match (country, language) {
            (
                "PE" | "MX" | "US" | "PR" | "GT" | "HN" | "SV" | "NI" | "PA" | "DO" | "GB" | "IE"
                | "CA" | "AU" | "NZ" | "IN" | "CN" | "HK" | "JP" | "KR" | "SG" | "TH" | "IL" | "PH",
                _,
            )
            | ("", Language::En) => Self::Point,
            (_, Language::Es | Language::En) => Self::Comma,
        }
    }
}

/// With its currency's decimals and code: `1.234,56 USD` or `1,234.56 USD`.
pub fn in_words(amount: Money, numbers: Numbers) -> String {
    let (thousands, point) = match numbers {
        Numbers::Comma => ('.', ','),
        Numbers::Point => (',', '.'),
    };
    let currency = amount.currency();
    let decimals = usize::try_from(currency.decimals()).expect("four at most");
    let digits = format!("{:0>1$}", amount.minor().unsigned_abs(), decimals + 1);
    let (whole, cents) = digits.split_at(digits.len() - decimals);
    let mut text = String::new();
    if amount.is_negative() {
        text.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if decimals > 0 {
        text.push(point);
        text.push_str(cents);
    }
    format!("{text} {}", currency.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_as_its_reader_writes() {
        let table = [
            (123_456, "USD", "1.234,56 USD", "1,234.56 USD"),
            (5, "USD", "0,05 USD", "0.05 USD"),
            (0, "PEN", "0,00 PEN", "0.00 PEN"),
            (99_999, "EUR", "999,99 EUR", "999.99 EUR"),
            (
                -100_000_000,
                "MXN",
                "-1.000.000,00 MXN",
                "-1,000,000.00 MXN",
            ),
            (1_234_567, "CLP", "1.234.567 CLP", "1,234,567 CLP"),
            (1_234_567, "KWD", "1.234,567 KWD", "1,234.567 KWD"),
        ];
        for (minor, code, es, en) in table {
            let currency = code.parse().expect("a currency");
            let amount = Money::try_new(minor, currency).expect("an amount");
            assert_eq!(in_words(amount, Numbers::Comma), es);
            assert_eq!(in_words(amount, Numbers::Point), en);
        }
    }

    #[test]
    fn a_country_goes_before_the_language() {
        let table = [
            ("PE", Language::Es, Numbers::Point),
            ("MX", Language::En, Numbers::Point),
            ("US", Language::Es, Numbers::Point),
            ("ES", Language::En, Numbers::Comma),
            ("CL", Language::Es, Numbers::Comma),
            ("CO", Language::Es, Numbers::Comma),
            ("AR", Language::En, Numbers::Comma),
            ("", Language::Es, Numbers::Comma),
            ("", Language::En, Numbers::Point),
        ];
        for (country, language, numbers) in table {
            assert_eq!(Numbers::of(country, language), numbers, "{country}");
        }
    }
}
