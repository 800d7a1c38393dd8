//! What may be a password (security.md §Identity 22, NIST 800-63B-4): long and not well known; no
//! rule about kinds of characters.

/// Fewest characters (Unicode scalar values) of a password that stands alone.
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Most characters, so that hashing stays bounded.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// Long enough and yet among the first to be tried: from the frequency lists of leaked passwords
/// (Django's and zxcvbn's, those of at least the minimum) and from our two languages; in lower
/// case, one a line.
const COMMON: &str = include_str!("common_passwords.txt");
/// What a keyboard or a child's rhyme says in a row.
const ROWS: &[&str] = &[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnñopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiopasdfghjklñzxcvbnm",
];
/// What is left of a password without the words that everybody knows of its owner is at least
/// this long.
const OWN_CHARS_MIN: usize = 8;
/// Shorter words stand in too many good passwords to be taken out.
const WORD_CHARS_MIN: usize = 4;
/// A block this short, repeated, is no more than the block.
const BLOCK_CHARS_MAX: usize = 5;

/// Why a text cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Under the minimum.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// Over the maximum.
    #[error("a password has at most {PASSWORD_CHARS_MAX} characters")]
    TooLong,
    /// Well known, a short block repeated, a row of the keyboard, or little more than the
    /// account's address or our name.
    #[error("this password would be among the first to be tried")]
    Guessable,
}

impl PasswordRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Guessable => "password_guessable",
        }
    }
}

/// Accepts or refuses a new password for the account with this address.
pub fn check_password(password: &str, email: &str) -> Result<(), PasswordRefusal> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MIN {
        return Err(PasswordRefusal::TooShort);
    }
    if length > PASSWORD_CHARS_MAX {
        return Err(PasswordRefusal::TooLong);
    }
    let lower = password.to_lowercase();
    if COMMON.lines().any(|common| common == lower)
        || is_repetition(&lower)
        || is_row(&lower)
        || is_about_the_account(&lower, &email.to_lowercase())
    {
        return Err(PasswordRefusal::Guessable);
    }
    Ok(())
}

fn is_repetition(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    (1..=BLOCK_CHARS_MAX).any(|block| {
        let next = chars.iter().skip(block);
        chars.iter().zip(next).all(|(one, other)| one == other)
    })
}

fn is_row(lower: &str) -> bool {
    let backwards: String = lower.chars().rev().collect();
    ROWS.iter().any(|row| {
        let endless = row.repeat(1 + PASSWORD_CHARS_MAX / WORD_CHARS_MIN);
        endless.contains(lower) || endless.contains(&backwards)
    })
}

/// The address, its parts and our name are taken out; what is left must stand alone.
fn is_about_the_account(lower: &str, email: &str) -> bool {
    let mut words: Vec<&str> = email.split(['@', '.', '-', '_', '+']).collect();
    words.extend([email, "fondeo", "password", "contraseña", "contrasena"]);
    words.extend(email.split('@'));
    words.retain(|word| word.chars().count() >= WORD_CHARS_MIN);
    words.sort_unstable_by_key(|word| usize::MAX - word.len());
    let left = words
        .iter()
        .fold(lower.to_owned(), |left, word| left.replace(word, ""));
    left.chars().filter(|c| c.is_alphanumeric()).count() < OWN_CHARS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_being_well_known_decide_and_nothing_else() {
        let long = "una frase ñandú ".repeat(8);
        let too_long = format!("{long}x");
        let table: &[(&str, Result<(), PasswordRefusal>)] = &[
            ("fourteen chars", Err(PasswordRefusal::TooShort)),
            ("fifteen letters", Ok(())),
            ("ññññññññññññña", Err(PasswordRefusal::TooShort)),
            ("niño pequeño añ", Ok(())),
            (&long, Ok(())),
            (&too_long, Err(PasswordRefusal::TooLong)),
            ("all lower case is fine", Ok(())),
            ("PasswordPassword", Err(PasswordRefusal::Guessable)),
            ("aaaaaaaaaaaaaaaaaa", Err(PasswordRefusal::Guessable)),
            ("123456789012345678", Err(PasswordRefusal::Guessable)),
            ("lkjhgfdsapoiuytrewq", Err(PasswordRefusal::Guessable)),
            ("xyzabcdefghijklm", Err(PasswordRefusal::Guessable)),
            ("a1b2a1b2a1b2a1b2", Err(PasswordRefusal::Guessable)),
            ("Manchesterunited", Err(PasswordRefusal::Guessable)),
            ("Ana.Lopez@example.org", Err(PasswordRefusal::Guessable)),
            ("lopez-fondeo-2026", Err(PasswordRefusal::Guessable)),
            ("FondeoFondeo2026", Err(PasswordRefusal::Guessable)),
            ("fondeo y tres gatos", Ok(())),
        ];
        for (password, expected) in table {
            let answer = check_password(password, "ana.lopez@example.org");
            assert_eq!(answer, *expected, "{password}");
        }
    }

    #[test]
    fn every_common_password_would_otherwise_be_long_enough() {
        for text in COMMON.lines() {
            assert!(text.chars().count() >= PASSWORD_CHARS_MIN, "{text}");
            assert_eq!(text, text.to_lowercase());
        }
    }
}
