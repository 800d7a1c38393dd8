//! The user of a deposit in suspense was found.

use authz::{Actor, Role};
use ids::{TransferId, UserId};
use uow::IdempotencyKey;

use super::deposit::DepositError;
use super::ports::Store;
use crate::domain::{AccountKey, Deposit};

/// Out of suspense into the wallet. The sign-in was found fresh at the door.
#[tracing::instrument(name = "accounting.match_deposit", skip_all)]
pub async fn match_deposit(
    store: &dyn Store,
    actor: &Actor,
    key: String,
    (id, user): (TransferId, UserId),
) -> Result<Deposit, DepositError> {
    let by = actor.user().ok_or(DepositError::Forbidden)?;
    if !actor.has(Role::Treasurer) {
        return Err(DepositError::Forbidden);
    }
    let key = IdempotencyKey::try_new("match_deposit", key, &(id, user))?;
    let mut tx = store.begin(actor).await?;
    if !tx.is_known(user).await? {
        return Err(DepositError::NoSuchUser(user));
    }
    let found = tx.deposit_for_update(id).await?;
    let mut deposit = found.ok_or(DepositError::NoSuchDeposit(id))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(deposit);
    }

    let posting = deposit.match_to(user, by)?;
    let keys = [AccountKey::Suspense, posting.credit];
    let currency = deposit.amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[]).await?;
    let transfer = TransferId::new();
    book.post(transfer, &posting)?;

    tx.save_book(&book).await?;
    tx.save_matched(&deposit, transfer, by).await?;
    tx.remember(&key, &transfer.to_string()).await?;
    tx.commit().await?;
    Ok(deposit)
}
