//! A deposit goes back to where it came from: nobody's it was, or it was booked by mistake.

use authz::{Actor, Role};
use ids::TransferId;
use serde::Serialize;
use uow::IdempotencyKey;

use super::deposit::DepositError;
use super::ports::{Direction, Store};
use crate::domain::{AccountKey, Deposit, bank_reference};

/// Which, why, and how the bank calls the payment back.
#[derive(Debug, Clone, Serialize)]
pub struct ReturnDeposit {
    /// The deposit.
    pub deposit: TransferId,
    /// Why.
    pub reason: String,
    /// The bank's name for the payment back.
    pub bank_reference: String,
}

/// Out of suspense, or out of a wallet that still has the money free, to the bank. The sign-in was
/// found fresh at the door.
#[tracing::instrument(name = "accounting.return_deposit", skip_all)]
pub async fn return_deposit(
    store: &dyn Store,
    actor: &Actor,
    key: String,
    cmd: ReturnDeposit,
) -> Result<Deposit, DepositError> {
    let by = actor.user().ok_or(DepositError::Forbidden)?;
    if !actor.has(Role::Treasurer) {
        return Err(DepositError::Forbidden);
    }
    let key = IdempotencyKey::try_new("return_deposit", key, &cmd)?;
    let reference = bank_reference(&cmd.bank_reference).ok_or(DepositError::NoReference)?;
    let mut tx = store.begin(actor).await?;
    let found = tx.deposit_for_update(cmd.deposit).await?;
    let mut deposit = found.ok_or(DepositError::NoSuchDeposit(cmd.deposit))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(deposit);
    }

    let (posting, reason) = deposit.give_back(&cmd.reason, by)?;
    let keys = [posting.debit, AccountKey::CustodyBank];
    let currency = deposit.amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[]).await?;
    // After the accounts, as everywhere: who pays under the same reference waits, and is told.
    if !tx.claim_reference(Direction::Out, &reference).await? {
        return Err(DepositError::ReferenceUsed);
    }
    let transfer = TransferId::new();
    book.post(transfer, &posting)?;

    tx.save_book(&book).await?;
    tx.save_returned(&deposit, transfer, (by, &reason)).await?;
    tx.remember(&key, &transfer.to_string()).await?;
    tx.commit().await?;
    Ok(deposit)
}
