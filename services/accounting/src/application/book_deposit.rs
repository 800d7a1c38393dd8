//! The treasurer books a bank receipt into a user's wallet: once per bank reference.

use authz::{Actor, Role};
use ids::{TransferId, UserId};
use money::Money;
use uow::{IdempotencyKey, StoreError};

use super::ports::{BookingError, Deposit, Store};
use crate::domain::{AccountKey, Posting, bank_reference};

/// What is asked.
#[derive(Debug, Clone)]
pub struct BookDeposit {
    /// The caller's key.
    pub key: IdempotencyKey,
    /// Whose money it is.
    pub user: UserId,
    /// How much.
    pub amount: Money,
    /// The bank's name for it.
    pub bank_reference: String,
}

/// Why no deposit is booked.
#[derive(Debug, thiserror::Error)]
pub enum BookDepositError {
    /// Only a treasurer books deposits.
    #[error("only a treasurer books deposits")]
    Forbidden,
    /// Without a reference nobody could tell it from another one.
    #[error("a bank reference is required, of at most 140 characters")]
    NoReference,
    /// The bank's receipt was booked before.
    #[error("a deposit with this bank reference was booked before")]
    ReferenceUsed,
    /// The ledger refuses.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers the deposit's transfer.
#[tracing::instrument(name = "accounting.book_deposit", skip_all)]
pub async fn book_deposit(
    store: &dyn Store,
    actor: &Actor,
    cmd: BookDeposit,
) -> Result<TransferId, BookDepositError> {
    let booked_by = actor.user().ok_or(BookDepositError::Forbidden)?;
    if !actor.has(Role::Treasurer) || booked_by == cmd.user {
        return Err(BookDepositError::Forbidden);
    }
    let reference = bank_reference(&cmd.bank_reference).ok_or(BookDepositError::NoReference)?;
    let mut tx = store.begin(actor).await?;
    let keys = [AccountKey::CustodyBank, AccountKey::Wallet(cmd.user)];
    let currency = cmd.amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[]).await?;
    if let Some(answer) = tx.answer_to(&cmd.key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    if tx.is_booked(reference).await? {
        return Err(BookDepositError::ReferenceUsed);
    }

    let id = TransferId::new();
    let posting = Posting::deposit(cmd.user, cmd.amount);
    book.post(id, &posting)?;

    tx.save_book(&book).await?;
    let deposit = Deposit {
        id,
        user: cmd.user,
        amount: cmd.amount,
        bank_reference: reference.to_owned(),
        booked_by,
    };
    tx.add_deposit(&deposit).await?;
    tx.remember(&cmd.key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}
