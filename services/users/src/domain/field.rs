//! Fields that a person writes, and why they can't be read.

use text::{Rule, Unfit};

/// A field that cannot be read as what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is missing or malformed")]
pub struct Malformed {
    /// Its name in the contract.
    pub field: &'static str,
}

impl From<Unfit> for Malformed {
    fn from(unfit: Unfit) -> Self {
        Self { field: unfit.field }
    }
}

/// Why somebody decided as they did: 1 to 500 characters that the person concerned reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Refuses an empty or overlong reason, and characters that nobody sees.
    pub fn try_new(reason: &str) -> Result<Self, Malformed> {
        Ok(Self(Rule::long("reason", 500).read(reason)?))
    }

    /// What the person reads.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
