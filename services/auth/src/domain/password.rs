//! What may be a password (security.md §Identity 22, NIST 800-63B-4): long and not well known; no
//! rule about kinds of characters.

/// Fewest characters (Unicode scalar values) of a password that stands alone.
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Most characters, so that hashing stays bounded.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// Long enough and yet among the first to be tried; in lower case.
const BLOCKED: &[&str] = &[
    "123456789012345",
    "1234567890123456",
    "12345678901234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "contraseña123456",
    "contrasena123456",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "iloveyouiloveyou",
    "passwordpassword",
    "password12345678",
    "password123456789",
    "qwertyuiopasdfg",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiopqwertyuiop",
];

/// Why a text cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Under the minimum.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// Over the maximum.
    #[error("a password has at most {PASSWORD_CHARS_MAX} characters")]
    TooLong,
    /// Well known, one character repeated, or built on the account's own address.
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
    let first = lower.chars().next();
    let is_one_character = lower.chars().all(|c| Some(c) == first);
    if is_one_character || BLOCKED.contains(&lower.as_str()) || lower == email.to_lowercase() {
        return Err(PasswordRefusal::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_being_well_known_decide_and_nothing_else() {
        let long = "né".repeat(64);
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
            ("Ana.Lopez@example.org", Err(PasswordRefusal::Guessable)),
        ];
        for (password, expected) in table {
            let answer = check_password(password, "ana.lopez@example.org");
            assert_eq!(answer, *expected, "{password}");
        }
    }

    #[test]
    fn every_blocked_text_would_otherwise_be_long_enough() {
        for text in BLOCKED {
            assert!(text.chars().count() >= PASSWORD_CHARS_MIN, "{text}");
            assert_eq!(*text, text.to_lowercase());
        }
    }
}
