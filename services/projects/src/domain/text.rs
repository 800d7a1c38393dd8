//! What people write: how long it may be, and that every reader sees the same.

use super::Refusal;

/// A text's rule; its name as the contract has it.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    field: &'static str,
    least: usize,
    most: usize,
    lines: bool,
}

impl Text {
    /// One line of 1 to `most` characters.
    pub const fn line(field: &'static str, most: usize) -> Self {
        Self {
            field,
            least: 1,
            most,
            lines: false,
        }
    }

    /// Lines and tabs, 1 to `most` characters in all.
    pub const fn long(field: &'static str, most: usize) -> Self {
        Self {
            lines: true,
            ..Self::line(field, most)
        }
    }

    /// The same, or nothing at all.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { least: 0, ..self }
    }
}

/// The text without the space around it. Refuses one that is missing or too long, and characters
/// that are not seen or turn the order of what is seen around.
pub fn check(text: &str, rule: &Text) -> Result<String, Refusal> {
    let text = text.trim();
    let breaks = |c: char| rule.lines && matches!(c, '\n' | '\r' | '\t');
    let is_good = (rule.least..=rule.most).contains(&text.chars().count())
        && text.chars().all(|c| costing::is_seen(c) || breaks(c));
    if is_good {
        Ok(text.to_owned())
    } else {
        Err(Refusal::Text(rule.field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_seen_as_it_is_stored() {
        let (line, long) = (Text::line("name", 5), Text::long("text", 5));
        for (text, rule, good) in [
            (" Rosa ", line, true),
            ("añejo", line, true),
            ("", line, false),
            ("  ", line, false),
            ("", line.optional(), true),
            ("123456", line, false),
            ("a\nb", line, false),
            ("a\nb\t", long, true),
            ("a\u{0}b", long, false),
            ("a\u{202e}b", long, false),
            ("a\u{2066}b", line, false),
            ("a\u{200b}b", line, false),
        ] {
            assert_eq!(check(text, &rule).is_ok(), good, "{text:?}");
        }
    }
}
