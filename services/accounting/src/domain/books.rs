//! A project's books: the cumulative figures of its escrow, and the transfers that change them.
//!
//! Each rule changes a figure and answers the transfer that goes with it, so that the two cannot
//! drift apart (domain.md §5 "Money in execution"):
//!
//! ```text
//! escrow:capital  = A + D + R - P - U - advances returned
//! escrow:proceeds = proceeds + U - paid on participations - advances repaid - owner's split
//! ```

use ids::{ProjectId, UserId};
use ledger::Account;
use money::{Currency, Money, MoneyError};
use settlement::{Escrow, Payee, Run, RunKind, Source};
use strum::{Display, EnumString, IntoStaticStr};

use super::Posting;

/// What a project's escrow is open for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Holds, captures, refunds.
    Funding,
    /// Nothing: the snapshot is frozen, the project has not started.
    Approved,
    /// Costs, advances, recoveries, proceeds.
    Execution,
    /// Recoveries and proceeds, until the FINAL run.
    Completed,
    /// Cancelled in execution: as in execution, until the liquidation run.
    Liquidation,
    /// The run is posted; what comes late is for an ADJUSTMENT run.
    Settled,
    /// Cancelled before execution: refunds only.
    Cancelled,
}

impl Phase {
    /// Whether costs may be paid, and advances paid in for them.
    const fn takes_costs(self) -> bool {
        matches!(self, Self::Execution | Self::Liquidation | Self::Settled)
    }

    /// Whether sales and recoveries may come in.
    const fn takes_receipts(self) -> bool {
        self.takes_costs() || matches!(self, Self::Completed)
    }

    /// Whether a run of this kind is due.
    pub const fn takes_run(self, kind: RunKind) -> bool {
        matches!(
            (self, kind),
            (Self::Execution, RunKind::Interim)
                | (Self::Completed, RunKind::Final)
                | (Self::Liquidation, RunKind::Liquidation)
                | (Self::Settled, RunKind::Adjustment)
        )
    }
}

/// Cumulative figures in minor units of the project's currency; none is ever negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// A: captured and not refunded.
    pub captured_minor: i64,
    /// D: advances paid in.
    pub advances_minor: i64,
    /// R: recovered.
    pub recovered_minor: i64,
    /// P: paid for costs, the platform fee included.
    pub costs_minor: i64,
    /// Requested disbursements that are not paid yet.
    pub requested_minor: i64,
    /// U: paid out of `escrow:capital` by runs, other than to return advances.
    pub unspent_paid_minor: i64,
    /// Advances returned out of `escrow:capital`.
    pub advances_returned_minor: i64,
    /// Net sales received.
    pub proceeds_minor: i64,
    /// Advances repaid out of `escrow:proceeds`.
    pub advances_repaid_minor: i64,
    /// The owner's part of the profit, paid.
    pub owner_split_paid_minor: i64,
    /// Paid on participations, before fee and tax.
    pub paid_gross_minor: i64,
}

/// Why a project's books refuse; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BooksRefusal {
    /// The escrow is not open for this, or no longer.
    #[error("the project's escrow does not take this while it is {0}")]
    EscrowClosed(Phase),
    /// An amount of zero or less.
    #[error("the amount must be above zero")]
    AmountMustBePositive,
    /// A cost above what `escrow:capital` has left: the owner has to advance it first.
    #[error("escrow:capital is short by {missing}: the owner has to advance it")]
    OverrunNeedsAdvance {
        /// How much the owner has to pay in.
        missing: Money,
    },
    /// More is to be refunded than was captured.
    #[error("more would be refunded than was captured")]
    RefundAboveCaptured,
    /// Another currency, or a number too large.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl BooksRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EscrowClosed(_) => "escrow_closed",
            Self::AmountMustBePositive => "amount_must_be_positive",
            Self::OverrunNeedsAdvance { .. } => "overrun_needs_advance",
            Self::RefundAboveCaptured => "refund_above_captured",
            Self::Number(number) => number.code(),
        }
    }
}

/// A project's books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Books {
    /// Whose.
    pub project: ProjectId,
    /// Who advances, and gets the owner's split.
    pub owner: UserId,
    /// The project's currency.
    pub currency: Currency,
    /// What the escrow is open for.
    pub phase: Phase,
    /// What came in and went out.
    pub figures: Figures,
}

impl Books {
    /// The books of a project whose funding opens.
    pub fn new(project: ProjectId, owner: UserId, currency: Currency) -> Self {
        let (phase, figures) = (Phase::Funding, Figures::default());
        Self {
            project,
            owner,
            currency,
            phase,
            figures,
        }
    }

    /// Sets an investor's money aside; refuses (`escrow_closed`) once funding is over.
    pub fn hold(&self, investor: UserId, amount: Money) -> Result<Posting, BooksRefusal> {
        self.open_when(self.phase == Phase::Funding)?;
        self.minor(amount)?;
        Ok(Posting::hold(investor, self.project, amount))
    }

    /// The project was cancelled. Before execution everything is paid back; in execution the
    /// escrow goes on as it was, until the liquidation run.
    pub fn cancel(&mut self) -> Result<(), BooksRefusal> {
        self.phase = match self.phase {
            Phase::Funding | Phase::Approved | Phase::Cancelled => Phase::Cancelled,
            Phase::Execution | Phase::Liquidation => Phase::Liquidation,
            Phase::Completed | Phase::Settled => {
                return Err(BooksRefusal::EscrowClosed(self.phase));
            }
        };
        Ok(())
    }

    /// Costs are closed; sales and recoveries may still come in until the FINAL run.
    pub fn complete(&mut self) -> Result<(), BooksRefusal> {
        self.open_when(self.phase == Phase::Execution)?;
        self.phase = Phase::Completed;
        Ok(())
    }

    /// Counts a hold that is posted.
    pub fn capture(&mut self, amount: Money) -> Result<(), BooksRefusal> {
        self.open_when(self.phase == Phase::Funding)?;
        let minor = self.minor(amount)?;
        add(&mut self.figures.captured_minor, minor)
    }

    /// Gives captured money back: cooling-off, or a project that is cancelled before execution.
    pub fn refund(&mut self, investor: UserId, amount: Money) -> Result<Posting, BooksRefusal> {
        self.open_when(matches!(self.phase, Phase::Funding | Phase::Cancelled))?;
        let minor = self.minor(amount)?;
        if minor > self.figures.captured_minor {
            return Err(BooksRefusal::RefundAboveCaptured);
        }
        self.figures.captured_minor -= minor;
        Ok(Posting::refund(self.project, investor, amount))
    }

    /// The owner pays in for an overrun.
    pub fn pay_advance(&mut self, amount: Money) -> Result<Posting, BooksRefusal> {
        self.open_when(self.phase.takes_costs())?;
        let minor = self.minor(amount)?;
        add(&mut self.figures.advances_minor, minor)?;
        Ok(Posting::advance(self.owner, self.project, amount))
    }

    /// Sets capital aside for a requested cost; `overrun_needs_advance` when there is too little.
    pub(super) fn request_cost(&mut self, amount: Money) -> Result<(), BooksRefusal> {
        self.open_when(self.phase.takes_costs())?;
        let minor = self.minor(amount)?;
        let needed = self.figures.requested_minor.checked_add(minor);
        self.must_hold(needed.ok_or(MoneyError::Overflow)?)?;
        add(&mut self.figures.requested_minor, minor)
    }

    /// Pays a requested cost.
    pub(super) fn pay_cost(&mut self, amount: Money) -> Result<Posting, BooksRefusal> {
        self.open_when(self.phase.takes_costs())?;
        let minor = self.minor(amount)?;
        self.must_hold(minor)?;
        add(&mut self.figures.costs_minor, minor)?;
        self.figures.requested_minor -= minor;
        Ok(Posting::disbursement(self.project, amount))
    }

    /// Frees what was set aside for a cost that is not paid after all.
    pub(super) fn release_cost(&mut self, amount: Money) -> Result<(), BooksRefusal> {
        let minor = self.minor(amount)?;
        self.figures.requested_minor -= minor;
        Ok(())
    }

    /// Starts execution: the platform's fee is earned. None when there is no fee.
    pub fn start(&mut self, fee: Money) -> Result<Option<Posting>, BooksRefusal> {
        self.open_when(self.phase == Phase::Approved)?;
        if fee.minor_in(self.currency)? == 0 {
            self.phase = Phase::Execution;
            return Ok(None);
        }
        let minor = self.minor(fee)?;
        self.must_hold(minor)?;
        add(&mut self.figures.costs_minor, minor)?;
        self.phase = Phase::Execution;
        Ok(Some(Posting::platform_fee(self.project, fee)))
    }

    /// Recovered tax, an indemnity, a supplier's refund.
    pub fn record_recovery(&mut self, amount: Money) -> Result<Posting, BooksRefusal> {
        self.open_when(self.phase.takes_receipts())?;
        let minor = self.minor(amount)?;
        add(&mut self.figures.recovered_minor, minor)?;
        Ok(Posting::recovery(self.project, amount))
    }

    /// A bank receipt for a sale or a buy-back, net of output VAT and selling costs.
    pub fn match_proceeds(&mut self, amount: Money) -> Result<Posting, BooksRefusal> {
        self.open_when(self.phase.takes_receipts())?;
        let minor = self.minor(amount)?;
        add(&mut self.figures.proceeds_minor, minor)?;
        Ok(Posting::proceeds(self.project, amount))
    }

    /// Counts a run that is posted; after a FINAL or liquidation run the project is settled.
    pub fn post_run(&mut self, run: &Run) -> Result<(), BooksRefusal> {
        self.open_when(self.phase.takes_run(run.kind))?;
        let mut figures = self.figures;
        for entry in run.entries() {
            let amount = entry.amount_minor;
            match (&entry.payee, entry.source) {
                (Payee::OwnerAdvances, Source::Capital) => {
                    add(&mut figures.advances_returned_minor, amount)?;
                }
                (Payee::OwnerAdvances, Source::Proceeds) => {
                    add(&mut figures.advances_repaid_minor, amount)?;
                }
                (Payee::OwnerSplit, source) => {
                    add(&mut figures.owner_split_paid_minor, amount)?;
                    figures.count_unspent(source, amount)?;
                }
                (
                    Payee::Wallet { .. } | Payee::TaxPayable { .. } | Payee::PlatformFees { .. },
                    source,
                ) => {
                    add(&mut figures.paid_gross_minor, amount)?;
                    figures.count_unspent(source, amount)?;
                }
            }
        }
        self.figures = figures;
        if matches!(run.kind, RunKind::Final | RunKind::Liquidation) {
            self.phase = Phase::Settled;
        }
        Ok(())
    }

    /// What must be in `escrow:capital`.
    pub const fn capital_minor(&self) -> i64 {
        let f = &self.figures;
        f.captured_minor + f.advances_minor + f.recovered_minor
            - f.costs_minor
            - f.unspent_paid_minor
            - f.advances_returned_minor
    }

    /// What must be in `escrow:proceeds`.
    pub const fn proceeds_balance_minor(&self) -> i64 {
        let f = &self.figures;
        f.proceeds_minor + f.unspent_paid_minor
            - f.paid_gross_minor
            - f.advances_repaid_minor
            - f.owner_split_paid_minor
    }

    /// Whether both identities hold: the ledger's balances are what the figures add up to.
    pub const fn holds(&self, capital: &Account, proceeds: &Account) -> bool {
        capital.balance_minor() == self.capital_minor()
            && proceeds.balance_minor() == self.proceeds_balance_minor()
    }

    /// The escrow as a run sees it: the figures, and the balances as the ledger has them.
    pub const fn escrow(&self, capital: &Account, proceeds: &Account) -> Escrow {
        let f = &self.figures;
        Escrow {
            captured_minor: f.captured_minor,
            advances_minor: f.advances_minor,
            recovered_minor: f.recovered_minor,
            costs_minor: f.costs_minor,
            unspent_paid_minor: f.unspent_paid_minor,
            advances_returned_minor: f.advances_returned_minor,
            capital_minor: capital.balance_minor(),
            proceeds_minor: f.proceeds_minor,
            proceeds_balance_minor: proceeds.balance_minor(),
            advances_repaid_minor: f.advances_repaid_minor,
            owner_split_paid_minor: f.owner_split_paid_minor,
        }
    }

    fn open_when(&self, open: bool) -> Result<(), BooksRefusal> {
        if open {
            return Ok(());
        }
        Err(BooksRefusal::EscrowClosed(self.phase))
    }

    fn minor(&self, amount: Money) -> Result<i64, BooksRefusal> {
        let minor = amount.minor_in(self.currency)?;
        if minor <= 0 {
            return Err(BooksRefusal::AmountMustBePositive);
        }
        Ok(minor)
    }

    fn must_hold(&self, needed_minor: i64) -> Result<(), BooksRefusal> {
        let missing_minor = needed_minor - self.capital_minor();
        if missing_minor > 0 {
            let missing = Money::try_new(missing_minor, self.currency)?;
            return Err(BooksRefusal::OverrunNeedsAdvance { missing });
        }
        Ok(())
    }
}

impl Figures {
    fn count_unspent(&mut self, source: Source, amount: i64) -> Result<(), BooksRefusal> {
        match source {
            Source::Capital => add(&mut self.unspent_paid_minor, amount),
            Source::Proceeds => Ok(()),
        }
    }
}

/// Figures stay within what an amount may be, so that their sums never wrap.
fn add(figure: &mut i64, minor: i64) -> Result<(), BooksRefusal> {
    let sum = figure.checked_add(minor).ok_or(MoneyError::Overflow)?;
    if sum > Money::MAX_MINOR {
        return Err(MoneyError::Overflow.into());
    }
    *figure = sum;
    Ok(())
}
