//! A participation's money: held when it is requested, captured when it is approved, given back
//! when it ends. Reactions to Participation's events, inside the unit of work that counts them.

use ids::{ProjectId, TransferId};
use ledger::{Command, PendingState, Refusal, TransferKind};
use money::Money;
use uow::StoreError;

use super::ports::{Book, BookingError, Funds, Label, Participating, Tx, WaitingHold};
use crate::domain::{AccountKey, Books, BooksRefusal, Phase, Purpose};

/// Why the event cannot be followed: it contradicts the books, and is for a person to look at.
#[derive(Debug, thiserror::Error)]
pub enum FundParticipationError {
    /// The project has no books.
    #[error("the project has no books")]
    NoBooks,
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
    /// The ledger refuses.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets the money aside, or says why not. A hold that was released before it came is not placed;
/// one whose escrow is not open yet waits for it.
pub async fn hold_funds(
    tx: &mut dyn Tx,
    of: Participating,
    amount: Money,
) -> Result<(), FundParticipationError> {
    let Some(books) = books_if_open(tx, of.project).await? else {
        return Ok(tx.add_waiting_hold(&WaitingHold { of, amount }).await?);
    };
    if tx.has_tombstone(of.participation).await? {
        return Ok(tx.record_funds(of, &Funds::Released).await?);
    }
    let posting = match books.hold(of.investor, amount) {
        Ok(posting) => posting,
        Err(refusal) => {
            return Ok(tx.record_funds(of, &Funds::Refused(refusal.code())).await?);
        }
    };
    let mut book = open(tx, of, &books).await?;
    let funds = match book.post(hold_of(of), &posting) {
        Ok(()) => Funds::Held(amount),
        Err(BookingError::Refused(refusal @ Refusal::ExceedsCredits(_))) => {
            Funds::Refused(refusal.code())
        }
        Err(error) => return Err(error.into()),
    };
    tx.save_book(&book).await?;
    Ok(tx.record_funds(of, &funds).await?)
}

/// Posts the hold: the money is in escrow. Of a project that was cancelled meanwhile it stays held,
/// until the refund that follows voids it; after that refund there is nothing to post.
pub async fn capture_funds(
    tx: &mut dyn Tx,
    of: Participating,
    amount: Money,
) -> Result<(), FundParticipationError> {
    let books = tx.books_for_update(of.project).await?;
    let mut books = books.ok_or(FundParticipationError::NoBooks)?;
    let mut book = open(tx, of, &books).await?;
    let hold = book.ledger.transfer(hold_of(of)).map(|hold| hold.kind);
    let is_open = hold == Some(TransferKind::Pending(PendingState::Open));
    if books.phase == Phase::Cancelled && is_open {
        return Ok(());
    }
    let capture = Command::PostPending {
        id: TransferId::new(),
        pending: hold_of(of),
        amount_minor: Some(amount.minor()),
    };
    book.execute(&capture, label(Purpose::Capture, of))?;
    books.capture(amount)?;
    tx.save_book(&book).await?;
    tx.save_books(&books).await?;
    tx.record_funds(of, &Funds::Captured(amount)).await?;
    Ok(tx.record_escrow(&books).await?)
}

/// The project is cancelled before execution: everything is given back, whatever arrives first of
/// the opening, the cancellation itself and the refunds that it causes.
pub async fn refund_funds(
    tx: &mut dyn Tx,
    of: Participating,
) -> Result<(), FundParticipationError> {
    if let Some(mut books) = books_if_open(tx, of.project).await? {
        books.cancel()?;
        tx.save_books(&books).await?;
    }
    give_back(tx, of).await
}

/// Gives the money back, from wherever it is, once: a hold is voided, what was captured is
/// refunded. A release that arrives before its hold is remembered; so is one whose hold was
/// refused, which changes nothing.
pub async fn give_back(tx: &mut dyn Tx, of: Participating) -> Result<(), FundParticipationError> {
    let Some(mut books) = books_if_open(tx, of.project).await? else {
        return Ok(tx.add_tombstone(of.participation).await?);
    };
    let mut book = open(tx, of, &books).await?;
    let Some(hold) = book.ledger.transfer(hold_of(of)).copied() else {
        return Ok(tx.add_tombstone(of.participation).await?);
    };
    let id = TransferId::new();
    if hold.kind != TransferKind::Pending(PendingState::Posted) {
        let pending = hold_of(of);
        let void = Command::VoidPending { id, pending };
        book.execute(&void, label(Purpose::Release, of))?;
        tx.save_book(&book).await?;
        return Ok(tx.record_funds(of, &Funds::Released).await?);
    }
    if tx.is_refunded(of.participation).await? {
        return Ok(());
    }
    let amount = Money::try_new(hold.amount_minor, hold.currency).map_err(BooksRefusal::from)?;
    book.post(id, &books.refund(of.investor, amount)?)?;
    tx.save_book(&book).await?;
    tx.save_books(&books).await?;
    tx.add_refund(of.participation, id).await?;
    tx.record_funds(of, &Funds::Refunded(amount)).await?;
    Ok(tx.record_escrow(&books).await?)
}

/// The project's books; where there are none, nobody opens them before this unit of work ends.
async fn books_if_open(tx: &mut dyn Tx, project: ProjectId) -> Result<Option<Books>, StoreError> {
    let books = tx.books_for_update(project).await?;
    if books.is_some() {
        return Ok(books);
    }
    tx.hold_back_opening(project).await?;
    tx.books_for_update(project).await
}

async fn open(tx: &mut dyn Tx, of: Participating, books: &Books) -> Result<Book, StoreError> {
    let keys = [
        AccountKey::Wallet(of.investor),
        AccountKey::EscrowCapital(of.project),
    ];
    tx.book_for_update(&keys, books.currency, &[hold_of(of)])
        .await
}

/// A hold bears its participation's id, so that everybody can find it.
fn hold_of(of: Participating) -> TransferId {
    TransferId::from(of.participation.as_uuid())
}

const fn label(purpose: Purpose, of: Participating) -> Label {
    let project = Some(of.project);
    Label { purpose, project }
}
