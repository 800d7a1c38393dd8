//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, TransferId, UserId};
use ledger::{Command, Ledger};
use money::{Currency, Money};
use uow::{StoreError, UnitOfWork};

use crate::domain::{AccountKey, Books, Chart, NoAccount, Posting};

/// The part of the ledger that a unit of work moves money in; its accounts are locked.
#[derive(Debug, Clone)]
pub struct Book {
    /// Which account is which.
    pub chart: Chart,
    /// Their sums, and the transfers that were asked for.
    pub ledger: Ledger,
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
    /// Books a transfer under the id that makes it safe to repeat.
    pub fn post(&mut self, id: TransferId, posting: &Posting) -> Result<(), BookingError> {
        let command = posting.command(id, &self.chart)?;
        self.ledger.execute(&command)?;
        Ok(())
    }

    /// Ends a hold, or whatever else the ledger is asked for.
    pub fn execute(&mut self, command: &Command) -> Result<(), BookingError> {
        self.ledger.execute(command)?;
        Ok(())
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

/// A bank receipt for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    /// Its transfer.
    pub id: TransferId,
    /// Whose.
    pub user: UserId,
    /// How much.
    pub amount: Money,
    /// The bank's name for it, unique.
    pub bank_reference: String,
    /// Who booked it.
    pub booked_by: UserId,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
///
/// A project's books are locked before accounts are, and accounts in the order of their ids.
#[async_trait]
pub trait Tx: UnitOfWork {
    /// Locks these accounts, opening those that are new, and reads these transfers.
    async fn book_for_update(
        &mut self,
        keys: &[AccountKey],
        currency: Currency,
        transfers: &[TransferId],
    ) -> Result<Book, StoreError>;

    /// Stores what changed in the ledger; new transfers are labelled with their posting's purpose.
    async fn save_book(&mut self, book: &Book, posting: &Posting) -> Result<(), StoreError>;

    /// Whether this bank reference was booked before.
    async fn is_booked(&mut self, bank_reference: &str) -> Result<bool, StoreError>;

    /// Stores the receipt, once its transfer is stored, and records `DepositBooked`.
    async fn add_deposit(&mut self, deposit: &Deposit) -> Result<(), StoreError>;

    /// Locks a project's books.
    async fn books_for_update(&mut self, project: ProjectId) -> Result<Option<Books>, StoreError>;

    /// Stores a project's books, new or changed.
    async fn save_books(&mut self, books: &Books) -> Result<(), StoreError>;

    /// Whether the participation was released before its hold was asked for.
    async fn has_tombstone(&mut self, id: ParticipationId) -> Result<bool, StoreError>;

    /// Remembers that; again and again is the same as once.
    async fn add_tombstone(&mut self, id: ParticipationId) -> Result<(), StoreError>;

    /// Records what became of a participation's money.
    async fn record_funds(&mut self, of: Participating, funds: &Funds) -> Result<(), StoreError>;

    /// Records what is in `escrow:capital` now.
    async fn record_escrow(&mut self, books: &Books) -> Result<(), StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
}
