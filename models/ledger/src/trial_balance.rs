//! The trial balance: per currency, debits equal credits, posted and pending.

use std::collections::BTreeMap;

use money::Currency;

use crate::Account;

/// The sums of all accounts in one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Posted debits.
    pub debits_posted: i128,
    /// Posted credits.
    pub credits_posted: i128,
    /// Debits that are held.
    pub debits_pending: i128,
    /// Credits that are held.
    pub credits_pending: i128,
}

/// Debits and credits differ: money came from nowhere, or went there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("debits and credits in {currency} differ: {totals:?}")]
pub struct Unbalanced {
    /// Where.
    pub currency: Currency,
    /// How.
    pub totals: Totals,
}

/// Sums all accounts of a book, given in any order.
pub fn trial_balance<'a>(
    accounts: impl IntoIterator<Item = &'a Account>,
) -> Result<BTreeMap<Currency, Totals>, Unbalanced> {
    let mut book: BTreeMap<Currency, Totals> = BTreeMap::new();
    for account in accounts {
        let totals = book.entry(account.currency).or_default();
        totals.debits_posted += i128::from(account.debits_posted);
        totals.credits_posted += i128::from(account.credits_posted);
        totals.debits_pending += i128::from(account.debits_pending);
        totals.credits_pending += i128::from(account.credits_pending);
    }
    for (&currency, &totals) in &book {
        if totals.debits_posted != totals.credits_posted
            || totals.debits_pending != totals.credits_pending
        {
            return Err(Unbalanced { currency, totals });
        }
    }
    Ok(book)
}
