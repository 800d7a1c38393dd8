//! The bank's name for a movement of money, by which it is booked once.

/// ISO 20022 has so many for what a payment says.
const CHARS_MAX: usize = 140;

/// The reference without the blanks around it: with them, one receipt could be booked twice. None
/// where nothing is left of it, or more than a bank writes.
pub fn bank_reference(given: &str) -> Option<&str> {
    let reference = given.trim();
    let fits = !reference.is_empty() && reference.chars().nth(CHARS_MAX).is_none();
    (fits && !reference.contains(char::is_control)).then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_make_no_other_reference_and_what_no_bank_writes_is_none() {
        for given in ["BCP-1", " BCP-1", "BCP-1\u{a0}\n"] {
            assert_eq!(bank_reference(given), Some("BCP-1"));
        }
        assert!(bank_reference(&"Ñ".repeat(140)).is_some());
        for given in ["", " \t", "BCP\n1", "BCP\u{1b}1", &"9".repeat(141)] {
            assert_eq!(bank_reference(given), None, "{given:?}");
        }
    }
}
