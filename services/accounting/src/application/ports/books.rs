//! Accounts, transfers and the books of projects, as the use cases need them of the store.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ids::{ParticipationId, ProjectId, TransferId, UserId};
use ledger::{Account, Command, Ledger};
use money::{Currency, Money};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{AccountKey, Books, Chart, NoAccount, Posting, Purpose};

/// What a transfer is for, as a wallet's entries show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Why money moves.
    pub purpose: Purpose,
    /// The project whose escrow it touches.
    pub project: Option<ProjectId>,
}

/// The part of the ledger that a unit of work moves money in; its accounts are locked.
#[derive(Debug, Clone)]
pub struct Book {
    /// Which account is which.
    pub chart: Chart,
    /// Their sums, and the transfers that were asked for.
    pub ledger: Ledger,
    labels: BTreeMap<TransferId, Label>,
}

/// Why nothing could be booked.
#[derive(Debug, thiserror::Error)]
pub enum BookingError {
    /// The ledger refuses.
    #[error(transparent)]
    Refused(#[from] ledger::Refusal),
    /// The account was not asked for when the book was opened.
    #[error(transparent)]
    NoAccount(#[from] NoAccount),
}

impl Book {
    /// What was loaded, with nothing new in it.
    pub const fn new(chart: Chart, ledger: Ledger) -> Self {
        let labels = BTreeMap::new();
        Self {
            chart,
            ledger,
            labels,
        }
    }

    /// An account as it is now.
    pub fn account(&self, key: AccountKey) -> Result<Account, BookingError> {
        let id = self.chart.id(key)?;
        let account = self.ledger.account(id).copied();
        account.ok_or(BookingError::Refused(ledger::Refusal::AccountNotFound(id)))
    }

    /// Books a transfer under the id that makes it safe to repeat.
    pub fn post(&mut self, id: TransferId, posting: &Posting) -> Result<(), BookingError> {
        self.post_all(&[(id, *posting)])
    }

    /// Books all of the transfers or none.
    pub fn post_all(&mut self, postings: &[(TransferId, Posting)]) -> Result<(), BookingError> {
        let commands = postings
            .iter()
            .map(|(id, posting)| posting.command(*id, &self.chart))
            .collect::<Result<Vec<_>, _>>()?;
        self.ledger
            .execute_linked(&commands)
            .map_err(|linked| linked.refusal)?;
        for (id, posting) in postings {
            let (purpose, project) = (posting.purpose, posting.project());
            self.labels.insert(*id, Label { purpose, project });
        }
        Ok(())
    }

    /// Ends a hold.
    pub fn execute(&mut self, command: &Command, label: Label) -> Result<(), BookingError> {
        self.ledger.execute(command)?;
        self.labels.insert(command.id(), label);
        Ok(())
    }

    /// What a new transfer is for: every one was booked here.
    pub fn label(&self, id: TransferId) -> Label {
        self.labels[&id]
    }
}

/// What became of the money of a participation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Funds {
    /// It is set aside.
    Held(Money),
    /// It is not, for this reason.
    Refused(&'static str),
    /// It is in escrow.
    Captured(Money),
    /// It is free again.
    Released,
    /// It was in escrow and is back.
    Refunded(Money),
}

/// The participation that an event speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participating {
    /// Its id, and its hold's.
    pub participation: ParticipationId,
    /// In which project.
    pub project: ProjectId,
    /// Whose.
    pub investor: UserId,
}

/// A hold that was asked for before its escrow was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingHold {
    /// Whose.
    pub of: Participating,
    /// How much.
    pub amount: Money,
}

/// Which way money moves at the bank: a reference is booked once each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// It arrives.
    In,
    /// It leaves.
    Out,
}

/// What a unit of work does about accounts, deposits and a participation's money.
#[async_trait]
pub trait BooksTx: UnitOfWork {
    /// Locks these accounts, opening those that are new, and reads these transfers.
    async fn book_for_update(
        &mut self,
        keys: &[AccountKey],
        currency: Currency,
        transfers: &[TransferId],
    ) -> Result<Book, StoreError>;

    /// Stores what changed in the ledger, each new transfer with its label.
    async fn save_book(&mut self, book: &Book) -> Result<(), StoreError>;

    /// Takes the bank's name for a movement, in whatever case it is written; false when another
    /// movement of this way has it.
    async fn claim_reference(
        &mut self,
        direction: Direction,
        bank_reference: &str,
    ) -> Result<bool, StoreError>;

    /// Locks a project's books.
    async fn books_for_update(&mut self, project: ProjectId) -> Result<Option<Books>, StoreError>;

    /// Stores a project's books, new or changed.
    async fn save_books(&mut self, books: &Books) -> Result<(), StoreError>;

    /// Waits until nobody else opens this project's books, and lets nobody open them before the
    /// unit of work ends: what is stored for books that are not open yet is seen by whoever opens
    /// them.
    async fn hold_back_opening(&mut self, project: ProjectId) -> Result<(), StoreError>;

    /// Keeps a hold until its escrow opens; again is the same as once.
    async fn add_waiting_hold(&mut self, hold: &WaitingHold) -> Result<(), StoreError>;

    /// The holds that waited for this project's escrow, in the order of their participations.
    async fn waiting_holds(&mut self, project: ProjectId) -> Result<Vec<WaitingHold>, StoreError>;

    /// Whether the participation was released before its hold was asked for.
    async fn has_tombstone(&mut self, id: ParticipationId) -> Result<bool, StoreError>;

    /// Remembers that; again and again is the same as once.
    async fn add_tombstone(&mut self, id: ParticipationId) -> Result<(), StoreError>;

    /// Keeps until when the owner may decide about a request: a hold that is open a day later is
    /// for a person to look at.
    async fn keep_deadline(
        &mut self,
        id: ParticipationId,
        decide_by: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Whether what was captured of it went back. Ask when its escrow is locked.
    async fn is_refunded(&mut self, id: ParticipationId) -> Result<bool, StoreError>;

    /// Remembers the refund, once its transfer is stored.
    async fn add_refund(
        &mut self,
        id: ParticipationId,
        transfer: TransferId,
    ) -> Result<(), StoreError>;

    /// Records what became of a participation's money.
    async fn record_funds(&mut self, of: Participating, funds: &Funds) -> Result<(), StoreError>;

    /// Records what is in `escrow:capital` now.
    async fn record_escrow(&mut self, books: &Books) -> Result<(), StoreError>;
}
