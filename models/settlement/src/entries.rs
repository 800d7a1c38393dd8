//! The ledger entries that a run stands for: who is credited, out of which escrow account.

use serde::Serialize;

use crate::Run;

/// An escrow account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// `escrow:capital`.
    Capital,
    /// `escrow:proceeds`.
    Proceeds,
}

/// Who is credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "payee")]
pub enum Payee {
    /// The wallet of a participation's investor.
    Wallet {
        /// Whose.
        participation: String,
        /// Who is paid.
        investor: String,
    },
    /// Tax payable, withheld from a participation.
    TaxPayable {
        /// Whose.
        participation: String,
    },
    /// Platform fees, taken from a participation.
    PlatformFees {
        /// Whose.
        participation: String,
    },
    /// The owner's wallet, for advances.
    OwnerAdvances,
    /// The owner's wallet, for the owner's part of the profit.
    OwnerSplit,
}

/// One transfer to be posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Debited.
    pub source: Source,
    /// Credited.
    pub payee: Payee,
    /// Above zero.
    #[serde(with = "crate::exact::text")]
    pub amount_minor: i64,
}

impl Run {
    /// All transfers of the run, in the order of the lines, the owner's last. Of one line the
    /// wallet is served from `escrow:capital` first, then tax, then fee.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.lines.len() * 2);
        for line in &self.lines {
            let participation = || line.participation.clone();
            let wallet = Payee::Wallet {
                participation: participation(),
                investor: line.investor.clone(),
            };
            let tax = Payee::TaxPayable {
                participation: participation(),
            };
            let fee = Payee::PlatformFees {
                participation: participation(),
            };
            let parts = [
                (wallet, line.net_minor),
                (tax, line.tax_minor),
                (fee, line.fee_minor),
            ];
            let mut capital = line.from_capital_minor;
            for (payee, amount) in parts {
                push(&mut entries, payee, amount, &mut capital);
            }
        }
        let totals = &self.totals;
        let advances = totals.advances_returned_minor + totals.advances_repaid_minor;
        let mut capital = totals.advances_returned_minor;
        push(&mut entries, Payee::OwnerAdvances, advances, &mut capital);
        let mut capital = totals.owner_split_from_capital_minor;
        let split = totals.owner_split_minor;
        push(&mut entries, Payee::OwnerSplit, split, &mut capital);
        entries
    }
}

/// Splits an amount over both accounts, `capital` first.
fn push(entries: &mut Vec<Entry>, payee: Payee, amount: i64, capital: &mut i64) {
    let from_capital = amount.min(*capital);
    *capital -= from_capital;
    let parts = [
        (Source::Capital, from_capital),
        (Source::Proceeds, amount - from_capital),
    ];
    for (source, amount_minor) in parts {
        if amount_minor > 0 {
            entries.push(Entry {
                source,
                payee: payee.clone(),
                amount_minor,
            });
        }
    }
}
