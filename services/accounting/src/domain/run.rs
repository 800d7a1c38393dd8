//! A settlement run: proposed from the books, approved by somebody else, posted at once
//! (domain.md §5).

use std::collections::{BTreeMap, BTreeSet};

use ids::{ParticipationId, ProjectId, RunId, UserId};
use ledger::Account;
use money::{Money, MoneyError, Ppm};
use settlement::{
    Paid, Payee, Product, Run, RunInput, RunKind, SettlementError, ShareType, Source, Stake,
};
use strum::{Display, EnumString, IntoStaticStr};
use time::{Duration, OffsetDateTime};

use super::{AccountKey, Books, BooksRefusal, Posting, ProjectTerms, Purpose};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RunState {
    /// Computed; nothing has moved.
    Proposed,
    /// Approved and posted, both at once.
    Posted,
    /// The facts changed before it was approved, and another was proposed in its place.
    Superseded,
}

/// One active participation and what earlier runs paid on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participant {
    /// Its id.
    pub participation: ParticipationId,
    /// Whose.
    pub investor: UserId,
    /// How it is paid.
    pub share: ShareType,
    /// Whether it is the owner's own.
    pub owner_stake: bool,
    /// `a_i`, in minor units.
    pub amount_minor: i64,
    /// When it was approved.
    pub approved_at: OffsetDateTime,
    /// What earlier runs paid.
    pub paid: Paid,
}

/// A numbered settlement of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementRun {
    /// Its id.
    pub id: RunId,
    /// Whose.
    pub project: ProjectId,
    /// From 1, without gaps.
    pub number: u32,
    /// What is settled.
    pub kind: RunKind,
    /// How far it has come.
    pub state: RunState,
    /// SHA-256 of the document, hex.
    pub hash: String,
    /// The treasurer.
    pub proposed_by: UserId,
    /// The admin who approved.
    pub approved_by: Option<UserId>,
}

/// Why a run is refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunRefusal {
    /// The project is not at the point where such a run is due.
    #[error("the project is not ready for this run")]
    NotDue,
    /// A requested disbursement is not paid yet.
    #[error("a requested disbursement is not paid yet")]
    OpenDisbursement,
    /// The ledger's balances are not what the figures add up to.
    #[error("the escrow's balances are not what its entries add up to")]
    EscrowMismatch,
    /// What the last run held back is to stay in escrow for some time yet.
    #[error("what was held back stays in escrow until {until}")]
    HeldBack {
        /// From here on it may be paid.
        until: OffsetDateTime,
    },
    /// A run of this kind is proposed, and the facts are still its facts.
    #[error("this run is proposed already: it waits for its approval")]
    AlreadyProposed,
    /// It was posted before.
    #[error("the run was posted before")]
    AlreadyPosted,
    /// The approver proposed it.
    #[error("who proposed the run cannot approve it")]
    ApproverProposed,
    /// The approver owns the project.
    #[error("the project's owner cannot approve its run")]
    ApproverIsOwner,
    /// The approver takes part.
    #[error("a participant cannot approve the run")]
    ApproverTakesPart,
    /// The facts are not those of the proposal any more: propose again.
    #[error("the facts have changed since the run was proposed")]
    FactsChanged,
    /// A payee that is no user.
    #[error("the run names a payee that is no user")]
    UnknownPayee,
    /// The facts contradict each other.
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
}

impl RunRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDue => "run_not_due",
            Self::OpenDisbursement => "open_disbursement",
            Self::EscrowMismatch => "escrow_mismatch",
            Self::HeldBack { .. } => "held_back",
            Self::AlreadyProposed => "run_already_proposed",
            Self::AlreadyPosted => "already_posted",
            Self::ApproverProposed => "approver_proposed",
            Self::ApproverIsOwner => "approver_is_owner",
            Self::ApproverTakesPart => "approver_takes_part",
            Self::FactsChanged => "run_stale",
            Self::UnknownPayee => "unknown_payee",
            Self::Settlement(settlement) => settlement.code(),
            Self::Books(books) => books.code(),
        }
    }
}

impl From<MoneyError> for RunRefusal {
    fn from(number: MoneyError) -> Self {
        Self::Books(number.into())
    }
}

/// What a run is computed from, beside the books: as it was frozen, reported and paid before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementFacts {
    /// The number of the snapshot that the terms and shares stand in.
    pub snapshot_version: u32,
    /// Its hash.
    pub snapshot_hash: String,
    /// The terms.
    pub terms: ProjectTerms,
    /// The goods.
    pub products: Vec<Product>,
    /// Who takes part.
    pub participants: Vec<Participant>,
    /// Units by SKU of allotments that were not collected in time, and were sold for their holders.
    pub lapsed: BTreeMap<ParticipationId, BTreeMap<String, i64>>,
    /// When the FINAL or liquidation run was posted.
    pub closed_at: Option<OffsetDateTime>,
}

impl SettlementFacts {
    /// What was held back stays in escrow for the days that the terms say.
    pub fn may_settle(&self, kind: RunKind, now: OffsetDateTime) -> Result<(), RunRefusal> {
        match (kind, self.closed_at) {
            (RunKind::Adjustment, Some(closed_at)) => {
                let until = closed_at + Duration::days(self.terms.holdback_days.into());
                if now < until {
                    return Err(RunRefusal::HeldBack { until });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The accounts that money may move between.
    pub fn accounts(&self, books: &Books) -> Vec<AccountKey> {
        let investors = self.participants.iter().map(|p| p.investor);
        let payees: BTreeSet<UserId> = investors.chain([books.owner]).collect();
        let mut accounts = vec![
            AccountKey::EscrowCapital(books.project),
            AccountKey::EscrowProceeds(books.project),
            AccountKey::PlatformFees,
            AccountKey::TaxPayable,
        ];
        accounts.extend(payees.into_iter().map(AccountKey::Wallet));
        accounts
    }
}

/// The facts of a run, out of the books. Refuses when no such run is due, when a cost is still to
/// be paid, and when the ledger and the figures disagree. `accounts` are `escrow:capital` and
/// `escrow:proceeds`, locked.
pub fn facts(
    kind: RunKind,
    books: &Books,
    accounts: (&Account, &Account),
    known: &SettlementFacts,
) -> Result<RunInput, RunRefusal> {
    if !books.phase.takes_run(kind) {
        return Err(RunRefusal::NotDue);
    }
    if kind != RunKind::Interim && books.figures.requested_minor > 0 {
        return Err(RunRefusal::OpenDisbursement);
    }
    let (capital, proceeds) = accounts;
    if !books.holds(capital, proceeds) {
        return Err(RunRefusal::EscrowMismatch);
    }
    let SettlementFacts {
        terms,
        products,
        participants,
        lapsed,
        ..
    } = known;
    let tax_ppm = terms.tax_withholding_ppm;
    let stake = |one: &Participant| Stake {
        lapsed: lapsed.get(&one.participation).cloned().unwrap_or_default(),
        ..one.stake(tax_ppm)
    };
    Ok(RunInput {
        currency: books.currency,
        kind,
        interim_limit_minor: Money::MAX_MINOR,
        terms: terms.settlement,
        escrow: books.escrow(capital, proceeds),
        products: products.clone(),
        stakes: participants.iter().map(stake).collect(),
    })
}

impl Participant {
    fn stake(&self, tax_ppm: Ppm) -> Stake {
        Stake {
            participation: self.participation.to_string(),
            investor: self.investor.to_string(),
            share: self.share,
            owner_stake: self.owner_stake,
            amount_minor: self.amount_minor,
            approved_at: self.approved_at,
            tax_ppm,
            paid: self.paid,
            lapsed: BTreeMap::new(),
        }
    }

    /// What was paid on it once `run` is posted.
    pub fn paid_after(&self, run: &Run) -> Result<Paid, RunRefusal> {
        let id = self.participation.to_string();
        let Some(line) = run.lines.iter().find(|line| line.participation == id) else {
            return Ok(self.paid);
        };
        let sum = |before: i64, now: i64| before.checked_add(now).ok_or(MoneyError::Overflow);
        Ok(Paid {
            gross_minor: sum(self.paid.gross_minor, line.paid_minor)?,
            fee_minor: sum(self.paid.fee_minor, line.fee_minor)?,
            tax_minor: sum(self.paid.tax_minor, line.tax_minor)?,
        })
    }
}

impl SettlementRun {
    /// A computed run, to be looked at by somebody else. `hash` is that of its document.
    pub fn propose(
        id: RunId,
        books: &Books,
        number: u32,
        (kind, hash): (RunKind, String),
        by: UserId,
    ) -> Self {
        Self {
            id,
            project: books.project,
            number,
            kind,
            state: RunState::Proposed,
            hash,
            proposed_by: by,
            approved_by: None,
        }
    }

    /// Gives way to a new proposal; refuses while the facts are still those of this one.
    pub fn supersede(&mut self, hash_now: &str) -> Result<(), RunRefusal> {
        if hash_now == self.hash {
            return Err(RunRefusal::AlreadyProposed);
        }
        self.state = RunState::Superseded;
        Ok(())
    }

    /// Four eyes: the approver is neither the proposer, nor the owner, nor a participant; and the
    /// run still waits for somebody.
    pub fn may_be_approved(
        &self,
        by: UserId,
        books: &Books,
        participants: &[Participant],
    ) -> Result<(), RunRefusal> {
        match self.state {
            RunState::Proposed => {}
            RunState::Posted => return Err(RunRefusal::AlreadyPosted),
            RunState::Superseded => return Err(RunRefusal::FactsChanged),
        }
        if by == self.proposed_by {
            return Err(RunRefusal::ApproverProposed);
        }
        if by == books.owner {
            return Err(RunRefusal::ApproverIsOwner);
        }
        if participants.iter().any(|p| p.investor == by) {
            return Err(RunRefusal::ApproverTakesPart);
        }
        Ok(())
    }

    /// `hash_now` is that of the document as the facts give it at this moment: it must be the
    /// proposed one. The run's transfers are to be posted in the same unit of work.
    pub fn approve(
        &mut self,
        by: UserId,
        books: &Books,
        participants: &[Participant],
        hash_now: &str,
    ) -> Result<(), RunRefusal> {
        self.may_be_approved(by, books, participants)?;
        if hash_now != self.hash {
            return Err(RunRefusal::FactsChanged);
        }
        self.approved_by = Some(by);
        self.state = RunState::Posted;
        Ok(())
    }
}

/// The transfers of a run, in the order of its lines: one linked batch, all or nothing.
pub fn postings(run: &Run, books: &Books) -> Result<Vec<Posting>, RunRefusal> {
    let wallet = |investor: &str| {
        let user = investor.parse().map_err(|_| RunRefusal::UnknownPayee)?;
        Ok::<_, RunRefusal>(AccountKey::Wallet(user))
    };
    let posting = |entry: settlement::Entry| {
        let escrow = match entry.source {
            Source::Capital => AccountKey::EscrowCapital(books.project),
            Source::Proceeds => AccountKey::EscrowProceeds(books.project),
        };
        let owner = AccountKey::Wallet(books.owner);
        let (purpose, payee) = match &entry.payee {
            Payee::Wallet { investor, .. } => (Purpose::Distribution, wallet(investor)?),
            Payee::TaxPayable { .. } => (Purpose::TaxWithheld, AccountKey::TaxPayable),
            Payee::PlatformFees { .. } => (Purpose::SuccessFee, AccountKey::PlatformFees),
            Payee::OwnerAdvances => (Purpose::AdvanceReturned, owner),
            Payee::OwnerSplit => (Purpose::OwnerSplit, owner),
        };
        let amount = Money::try_new(entry.amount_minor, books.currency)?;
        Ok(Posting::of_run(purpose, escrow, payee, amount))
    };
    run.entries().into_iter().map(posting).collect()
}
