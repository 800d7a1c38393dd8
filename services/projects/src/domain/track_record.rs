//! What became of an owner's projects.

use money::{Currency, Money};

use super::ProjectState;

/// An owner's projects that were shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackRecord {
    /// How many stand where, in the order of the states; none is left out that has one.
    pub states: Vec<(ProjectState, i64)>,
    /// How many were ever flagged LATE.
    pub late: i64,
    /// How many were ever flagged DISPUTED.
    pub disputed: i64,
    /// Their money, currency by currency.
    pub money: Vec<Raised>,
}

/// What was raised in one currency, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Of projects whose list was sealed and that began.
    pub raised: Money,
    /// How many of them are settled.
    pub settled: i64,
    /// What settled projects took for cash participations.
    pub invested: Money,
    /// What they paid for it, after fees and taxes.
    pub paid: Money,
    /// What was planned to be paid for it, before fees and taxes.
    pub projected: Money,
}

impl Raised {
    /// Nothing yet.
    #[must_use]
    pub fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self {
            raised: zero,
            settled: 0,
            invested: zero,
            paid: zero,
            projected: zero,
        }
    }
}
