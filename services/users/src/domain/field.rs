//! Fields that a person writes: trimmed, neither empty nor overlong.

/// A field that cannot be read as what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is missing or malformed")]
pub struct Malformed {
    /// Its name in the contract.
    pub field: &'static str,
}

/// Why somebody decided as they did: 1 to 500 characters that the person concerned reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Refuses an empty or overlong reason.
    pub fn try_new(reason: &str) -> Result<Self, Malformed> {
        text(reason, 500, "reason").map(Self)
    }

    /// What the person reads.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) fn text(
    given: &str,
    chars_max: usize,
    field: &'static str,
) -> Result<String, Malformed> {
    let trimmed = given.trim();
    if trimmed.is_empty() || trimmed.chars().count() > chars_max {
        return Err(Malformed { field });
    }
    Ok(trimmed.to_owned())
}
