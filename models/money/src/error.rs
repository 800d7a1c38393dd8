//! Why a number was refused. Each refusal has a stable code for programs and translations.

use crate::Currency;

/// A refusal of a number or of arithmetic with it; `code` is stable, the text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an ISO 4217 code in use.
    #[error("`{0}` is not an ISO 4217 currency code (three capital letters, such as USD)")]
    UnknownCurrency(String),
    /// Two amounts of different currencies met.
    #[error("expected {expected}, got {got}")]
    CurrencyMismatch {
        /// The currency that was needed.
        expected: Currency,
        /// The currency that came.
        got: Currency,
    },
    /// A result beyond what is allowed; nothing ever wraps.
    #[error("the number is too large")]
    Overflow,
    /// A negative number where only zero or more makes sense.
    #[error("`{0}` is negative")]
    Negative(String),
    /// More decimals than the currency or the measure has, so that it could not be kept exactly.
    #[error("`{text}` has more than {places} decimals")]
    TooManyDecimals {
        /// What was written.
        text: String,
        /// How many decimals there may be.
        places: u32,
    },
    /// Not a plain decimal number.
    #[error("`{0}` is not a number (digits with a decimal point, no thousands separator)")]
    MalformedAmount(String),
    /// A division by zero, or a rate of zero.
    #[error("a divisor or rate must be above zero")]
    NotPositive,
    /// Nothing to share out by: every weight is zero, or there is none.
    #[error("nothing to allocate by: every weight is zero")]
    ZeroWeights,
    /// A negative weight.
    #[error("an allocation weight is negative")]
    NegativeWeight,
}

impl MoneyError {
    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCurrency(_) => "unknown_currency",
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::Overflow => "overflow",
            Self::Negative(_) => "negative",
            Self::TooManyDecimals { .. } => "too_many_decimals",
            Self::MalformedAmount(_) => "malformed_amount",
            Self::NotPositive => "not_positive",
            Self::ZeroWeights => "zero_weights",
            Self::NegativeWeight => "negative_weight",
        }
    }
}

/// What was written, short and printable enough to be repeated in a message.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    let cut = text.chars().nth(SHOWN).map(|_| '…');
    let printable = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().take(SHOWN).map(printable).chain(cut).collect()
}
