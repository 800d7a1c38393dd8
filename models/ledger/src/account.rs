//! An account: two sides, posted and pending, and what it may not do.

use ids::AccountId;
use money::{Currency, Money};
use strum::{Display, EnumString, IntoStaticStr};

use crate::Refusal;

/// A side of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Side {
    /// Assets and costs grow on this side.
    Debit,
    /// Liabilities (wallets, escrow) and income grow on this side.
    Credit,
}

/// What an account may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Constraint {
    /// Nothing is forbidden.
    None,
    /// What is available never goes below zero, holds counted.
    NotNegative,
}

/// An account and its cumulative sums, in minor units of its currency; none is ever negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its only currency.
    pub currency: Currency,
    /// The side on which it grows.
    pub normal: Side,
    /// What it may not do.
    pub constraint: Constraint,
    /// Posted debits.
    pub debits_posted: i64,
    /// Posted credits.
    pub credits_posted: i64,
    /// Debits that are held.
    pub debits_pending: i64,
    /// Credits that are held.
    pub credits_pending: i64,
}

/// What a transfer does to one side of an account; the parts are at most 10^15 each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub posted: i64,
    pub pending: i64,
}

impl Account {
    /// A new account, all zero.
    pub const fn new(
        id: AccountId,
        currency: Currency,
        normal: Side,
        constraint: Constraint,
    ) -> Self {
        Self {
            id,
            currency,
            normal,
            constraint,
            debits_posted: 0,
            credits_posted: 0,
            debits_pending: 0,
            credits_pending: 0,
        }
    }

    /// The posted balance on the normal side.
    pub const fn balance_minor(&self) -> i64 {
        // Two numbers that are not negative: the difference fits.
        match self.normal {
            Side::Debit => self.debits_posted - self.credits_posted,
            Side::Credit => self.credits_posted - self.debits_posted,
        }
    }

    /// The balance less what is held to leave; what is held to come does not count yet.
    pub const fn available_minor(&self) -> i128 {
        let held = match self.normal {
            Side::Debit => self.credits_pending,
            Side::Credit => self.debits_pending,
        };
        self.balance_minor() as i128 - held as i128
    }

    /// Whether the constraint holds.
    pub const fn is_sound(&self) -> bool {
        match self.constraint {
            Constraint::None => true,
            Constraint::NotNegative => self.available_minor() >= 0,
        }
    }

    /// Changes one side. What leaves the account (the side against the normal one) must be there;
    /// `Refusal` names the side that is exceeded.
    pub(crate) fn book(&mut self, side: Side, change: Change) -> Result<(), Refusal> {
        let (posted, pending) = match side {
            Side::Debit => (&mut self.debits_posted, &mut self.debits_pending),
            Side::Credit => (&mut self.credits_posted, &mut self.credits_pending),
        };
        *posted = sum(*posted, change.posted)?;
        *pending = sum(*pending, change.pending)?;
        // Giving a hold back is never refused, and coming in exceeds nothing.
        let more_leaves = side != self.normal && change.posted + change.pending > 0;
        if !more_leaves || self.is_sound() {
            return Ok(());
        }
        Err(match self.normal {
            Side::Credit => Refusal::ExceedsCredits(self.id),
            Side::Debit => Refusal::ExceedsDebits(self.id),
        })
    }
}

/// What a side becomes. More than an amount may be could not be told to anybody.
fn sum(now: i64, change: i64) -> Result<i64, Refusal> {
    let sum = now.checked_add(change).ok_or(Refusal::Overflow)?;
    if sum > Money::MAX_MINOR {
        return Err(Refusal::Overflow);
    }
    Ok(sum)
}
