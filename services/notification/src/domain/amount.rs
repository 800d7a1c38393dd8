//! An amount as a reader of each language writes it.

use money::Money;

use super::Language;

/// With its currency's decimals and code: `1.234,56 USD` in Spanish, `1,234.56 USD` in English.
pub fn in_words(amount: Money, language: Language) -> String {
    let (thousands, point) = match language {
        Language::Es => ('.', ','),
        Language::En => (',', '.'),
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
            assert_eq!(in_words(amount, Language::Es), es);
            assert_eq!(in_words(amount, Language::En), en);
        }
    }
}
