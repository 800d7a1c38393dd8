//! The chart of accounts (domain.md §7): which accounts there are, and what each may not do.

use std::collections::BTreeMap;

use ids::{AccountId, ProjectId, UserId};
use ledger::{Account, Constraint, Side};
use money::Currency;
use strum::{Display, EnumString, IntoStaticStr};

/// What an account is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Display, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountKind {
    /// A user's money on the platform.
    Wallet,
    /// A project's capital: what costs are paid from.
    EscrowCapital,
    /// A project's net sales: what runs are paid from.
    EscrowProceeds,
    /// The bank account that holds everybody's money.
    CustodyBank,
    /// What the platform earned.
    PlatformFees,
    /// Taxes withheld and not yet remitted.
    TaxPayable,
    /// Receipts that nobody could be found for.
    Suspense,
}

/// The name of an account inside one tenant and currency; at most one account bears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountKey {
    /// A user's wallet.
    Wallet(UserId),
    /// `escrow:capital` of a project.
    EscrowCapital(ProjectId),
    /// `escrow:proceeds` of a project.
    EscrowProceeds(ProjectId),
    /// Custody at the bank.
    CustodyBank,
    /// Platform fees.
    PlatformFees,
    /// Tax payable.
    TaxPayable,
    /// Suspense.
    Suspense,
}

impl AccountKey {
    /// What the account is for.
    pub const fn kind(self) -> AccountKind {
        match self {
            Self::Wallet(_) => AccountKind::Wallet,
            Self::EscrowCapital(_) => AccountKind::EscrowCapital,
            Self::EscrowProceeds(_) => AccountKind::EscrowProceeds,
            Self::CustodyBank => AccountKind::CustodyBank,
            Self::PlatformFees => AccountKind::PlatformFees,
            Self::TaxPayable => AccountKind::TaxPayable,
            Self::Suspense => AccountKind::Suspense,
        }
    }

    /// The project whose escrow it is.
    pub const fn project(self) -> Option<ProjectId> {
        match self {
            Self::EscrowCapital(project) | Self::EscrowProceeds(project) => Some(project),
            Self::Wallet(_)
            | Self::CustodyBank
            | Self::PlatformFees
            | Self::TaxPayable
            | Self::Suspense => None,
        }
    }

    /// A new account of this name, empty.
    pub const fn open(self, id: AccountId, currency: Currency) -> Account {
        let kind = self.kind();
        Account::new(id, currency, kind.normal(), kind.constraint())
    }
}

impl AccountKind {
    /// The side on which it grows: money at the bank is ours, everything else is owed.
    pub const fn normal(self) -> Side {
        match self {
            Self::CustodyBank => Side::Debit,
            Self::Wallet
            | Self::EscrowCapital
            | Self::EscrowProceeds
            | Self::PlatformFees
            | Self::TaxPayable
            | Self::Suspense => Side::Credit,
        }
    }

    /// Nothing here is ever lent: no account goes below zero, holds counted.
    pub const fn constraint(self) -> Constraint {
        Constraint::NotNegative
    }
}

/// An account that was not looked up before it was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no {} account is open", .0.kind())]
pub struct NoAccount(pub AccountKey);

/// The ids of the accounts that a unit of work moves money between.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chart(BTreeMap<AccountKey, AccountId>);

impl Chart {
    /// The id of an account.
    pub fn id(&self, key: AccountKey) -> Result<AccountId, NoAccount> {
        self.0.get(&key).copied().ok_or(NoAccount(key))
    }

    /// The name of an account.
    pub fn key(&self, id: AccountId) -> Option<AccountKey> {
        let mut named = self.0.iter();
        named.find(|(_, of)| **of == id).map(|(key, _)| *key)
    }

    /// All of them as new accounts, empty.
    pub fn accounts(&self, currency: Currency) -> impl Iterator<Item = Account> {
        self.0.iter().map(move |(key, id)| key.open(*id, currency))
    }
}

impl FromIterator<(AccountKey, AccountId)> for Chart {
    fn from_iter<T: IntoIterator<Item = (AccountKey, AccountId)>>(accounts: T) -> Self {
        Self(accounts.into_iter().collect())
    }
}
