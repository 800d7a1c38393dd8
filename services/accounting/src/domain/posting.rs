//! The transfers of domain.md §7: for each event, which account is debited and which credited.

use ids::{ProjectId, TransferId, UserId};
use ledger::Command;
use money::Money;
use strum::{Display, EnumString, IntoStaticStr};

use super::{AccountKey, Chart, NoAccount};

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// A receipt for a user.
    Deposit,
    /// A receipt for nobody that is known.
    UnmatchedDeposit,
    /// Such a receipt, once its user is known.
    DepositMatched,
    /// A receipt, sent back.
    DepositReturned,
    /// Money set aside for a participation.
    Hold,
    /// Such money, taken into escrow.
    Capture,
    /// Such money, free again.
    Release,
    /// Captured money given back.
    Refund,
    /// The owner's own money for an overrun.
    Advance,
    /// The same, given back.
    AdvanceReturned,
    /// A cost.
    Disbursement,
    /// The platform's fee for the project.
    PlatformFee,
    /// Recovered tax, an indemnity, a supplier's refund.
    Recovery,
    /// Net sales.
    Proceeds,
    /// An investor's part of a run.
    Distribution,
    /// The platform's part of an investor's profit.
    SuccessFee,
    /// Tax withheld from an investor's profit.
    TaxWithheld,
    /// The owner's part of the profit.
    OwnerSplit,
    /// Withheld tax, paid to the authority.
    TaxRemitted,
    /// Fees, paid to the platform's own bank account.
    FeesWithdrawn,
    /// A user's money, paid to the user's bank account.
    Payout,
}

/// A transfer, before it has an id and its accounts have theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Why.
    pub purpose: Purpose,
    /// The account that is debited.
    pub debit: AccountKey,
    /// The account that is credited.
    pub credit: AccountKey,
    /// How much; the ledger refuses what is not above zero.
    pub amount: Money,
    /// At once or held.
    pub phase: ledger::Phase,
}

impl Posting {
    const fn posted(
        purpose: Purpose,
        debit: AccountKey,
        credit: AccountKey,
        amount: Money,
    ) -> Self {
        let phase = ledger::Phase::Posted;
        Self {
            purpose,
            debit,
            credit,
            amount,
            phase,
        }
    }

    const fn held(self) -> Self {
        Self {
            phase: ledger::Phase::Pending,
            ..self
        }
    }

    /// A receipt at the bank that is `user`'s.
    pub const fn deposit(user: UserId, amount: Money) -> Self {
        let (bank, wallet) = (AccountKey::CustodyBank, AccountKey::Wallet(user));
        Self::posted(Purpose::Deposit, bank, wallet, amount)
    }

    /// A receipt at the bank that nobody could be found for.
    pub const fn unmatched_deposit(amount: Money) -> Self {
        let (bank, suspense) = (AccountKey::CustodyBank, AccountKey::Suspense);
        Self::posted(Purpose::UnmatchedDeposit, bank, suspense, amount)
    }

    /// The user of such a receipt was found.
    pub const fn deposit_matched(user: UserId, amount: Money) -> Self {
        let (suspense, wallet) = (AccountKey::Suspense, AccountKey::Wallet(user));
        Self::posted(Purpose::DepositMatched, suspense, wallet, amount)
    }

    /// A receipt goes back to where it came from, out of suspense or out of a wallet.
    pub const fn deposit_returned(from: Option<UserId>, amount: Money) -> Self {
        let from = match from {
            Some(user) => AccountKey::Wallet(user),
            None => AccountKey::Suspense,
        };
        Self::posted(
            Purpose::DepositReturned,
            from,
            AccountKey::CustodyBank,
            amount,
        )
    }

    /// Sets money aside for a participation. Its id is the participation's.
    pub(crate) const fn hold(investor: UserId, project: ProjectId, amount: Money) -> Self {
        let (wallet, escrow) = (
            AccountKey::Wallet(investor),
            AccountKey::EscrowCapital(project),
        );
        Self::posted(Purpose::Hold, wallet, escrow, amount).held()
    }

    pub(super) const fn refund(project: ProjectId, investor: UserId, amount: Money) -> Self {
        let (escrow, wallet) = (
            AccountKey::EscrowCapital(project),
            AccountKey::Wallet(investor),
        );
        Self::posted(Purpose::Refund, escrow, wallet, amount)
    }

    pub(super) const fn advance(owner: UserId, project: ProjectId, amount: Money) -> Self {
        let (wallet, escrow) = (
            AccountKey::Wallet(owner),
            AccountKey::EscrowCapital(project),
        );
        Self::posted(Purpose::Advance, wallet, escrow, amount)
    }

    pub(super) const fn disbursement(project: ProjectId, amount: Money) -> Self {
        let (escrow, bank) = (AccountKey::EscrowCapital(project), AccountKey::CustodyBank);
        Self::posted(Purpose::Disbursement, escrow, bank, amount)
    }

    pub(super) const fn platform_fee(project: ProjectId, amount: Money) -> Self {
        let (escrow, fees) = (AccountKey::EscrowCapital(project), AccountKey::PlatformFees);
        Self::posted(Purpose::PlatformFee, escrow, fees, amount)
    }

    pub(super) const fn recovery(project: ProjectId, amount: Money) -> Self {
        let (bank, escrow) = (AccountKey::CustodyBank, AccountKey::EscrowCapital(project));
        Self::posted(Purpose::Recovery, bank, escrow, amount)
    }

    pub(super) const fn proceeds(project: ProjectId, amount: Money) -> Self {
        let (bank, escrow) = (AccountKey::CustodyBank, AccountKey::EscrowProceeds(project));
        Self::posted(Purpose::Proceeds, bank, escrow, amount)
    }

    /// One entry of a run, out of either escrow account.
    pub(super) const fn of_run(
        purpose: Purpose,
        escrow: AccountKey,
        payee: AccountKey,
        amount: Money,
    ) -> Self {
        Self::posted(purpose, escrow, payee, amount)
    }

    /// Withheld tax goes to the authority.
    pub const fn tax_remitted(amount: Money) -> Self {
        let (tax, bank) = (AccountKey::TaxPayable, AccountKey::CustodyBank);
        Self::posted(Purpose::TaxRemitted, tax, bank, amount)
    }

    /// Earned fees go to the platform's own bank account.
    pub const fn fees_withdrawn(amount: Money) -> Self {
        let (fees, bank) = (AccountKey::PlatformFees, AccountKey::CustodyBank);
        Self::posted(Purpose::FeesWithdrawn, fees, bank, amount)
    }

    /// Held until the bank confirms it. Its id is the payout's.
    pub(super) const fn payout(user: UserId, amount: Money) -> Self {
        let (wallet, bank) = (AccountKey::Wallet(user), AccountKey::CustodyBank);
        Self::posted(Purpose::Payout, wallet, bank, amount).held()
    }

    /// The project whose escrow it touches.
    pub fn project(&self) -> Option<ProjectId> {
        self.debit.project().or(self.credit.project())
    }

    /// The ledger's command, under the id that makes it safe to repeat.
    pub fn command(&self, id: TransferId, chart: &Chart) -> Result<Command, NoAccount> {
        Ok(Command::Transfer {
            id,
            debit: chart.id(self.debit)?,
            credit: chart.id(self.credit)?,
            amount_minor: self.amount.minor(),
            currency: self.amount.currency(),
            phase: self.phase,
        })
    }
}
