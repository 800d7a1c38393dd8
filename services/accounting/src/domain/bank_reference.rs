//! The bank's name for a movement of money, by which it is booked once.

use text::Rule;

/// ISO 20022 has so many for what a payment says.
const REFERENCE: Rule = Rule::line("bank_reference", 140);

/// The reference without the blanks around it: with them, one receipt could be booked twice. None
/// where nothing is left of it, or what no bank writes.
pub fn bank_reference(given: &str) -> Option<String> {
    REFERENCE.read(given).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_make_no_other_reference_and_what_no_bank_writes_is_none() {
        for given in ["BCP-1", " BCP-1", "BCP-1\u{a0}\n"] {
            assert_eq!(bank_reference(given).as_deref(), Some("BCP-1"));
        }
        assert!(bank_reference(&"Ñ".repeat(140)).is_some());
        let long = "9".repeat(141);
        for given in ["", " \t", "BCP\n1", "BCP\u{1b}1", "BCP\u{200b}-1", &long] {
            assert_eq!(bank_reference(given), None, "{given:?}");
        }
    }
}
