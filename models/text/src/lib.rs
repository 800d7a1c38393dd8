//! What people write: how long it may be, and that every reader sees the same. Names, reasons,
//! references and notes of every service come in by a [`Rule`].

/// A text that its rule refuses; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is empty, too long or has characters that nobody sees")]
pub struct Unfit {
    /// Its name in the contract.
    pub field: &'static str,
}

/// What one text must be.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    field: &'static str,
    least: usize,
    most: usize,
    lines: bool,
}

impl Rule {
    /// One line of 1 to `most` characters; `field` is its name in the contract.
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

    /// The text without the space around it. Refuses one that is missing or too long, and
    /// characters that are not seen or turn the order of what is seen around.
    pub fn read(&self, given: &str) -> Result<String, Unfit> {
        let text = given.trim();
        let breaks = |c: char| self.lines && matches!(c, '\n' | '\r' | '\t');
        let fits = (self.least..=self.most).contains(&text.chars().count());
        if fits && text.chars().all(|c| is_seen(c) || breaks(c)) {
            Ok(text.to_owned())
        } else {
            Err(Unfit { field: self.field })
        }
    }
}

/// Whether a reader sees the character where it stands: no control character, nothing without
/// width, and nothing that turns the order of what is seen around.
pub fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_seen_as_it_is_stored() {
        let (line, long) = (Rule::line("name", 5), Rule::long("text", 5));
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
            ("a\u{ad}b", line, false),
            // Two emoji that a joiner makes one, and letters of other scripts.
            ("👩\u{200d}🚀", line, true),
            ("שלום", line, true),
        ] {
            assert_eq!(rule.read(text).is_ok(), good, "{text:?}");
        }
        assert_eq!(line.read("").map_err(|unfit| unfit.field), Err("name"));
    }
}
