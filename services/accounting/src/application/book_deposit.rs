//! The treasurer books a bank receipt: into a user's wallet, or into suspense when nobody knows
//! whose it is. Once per bank reference.

use authz::{Actor, Role};
use ids::{TransferId, UserId};
use money::Money;
use serde::Serialize;
use text::Rule;
use uow::{IdempotencyKey, StoreError};

use super::deposit::DepositError;
use super::ports::{Direction, Store};
use crate::domain::{AccountKey, Deposit, bank_reference};

/// What the treasurer adds for colleagues.
const NOTE: Rule = Rule::long("note", 500).optional();

/// A bank receipt.
#[derive(Debug, Clone, Serialize)]
pub struct BookDeposit {
    /// Whose money it is; none when that is not known, or can't be read.
    pub user: Option<UserId>,
    /// How much.
    pub amount: Money,
    /// The bank's name for it.
    pub bank_reference: String,
    /// What the payment says, for whoever looks for its user.
    pub note: String,
}

/// Answers the deposit, which its transfer names.
#[tracing::instrument(name = "accounting.book_deposit", skip_all)]
pub async fn book_deposit(
    store: &dyn Store,
    actor: &Actor,
    key: String,
    cmd: BookDeposit,
) -> Result<TransferId, DepositError> {
    let booked_by = actor.user().ok_or(DepositError::Forbidden)?;
    if !actor.has(Role::Treasurer) || cmd.user == Some(booked_by) {
        return Err(DepositError::Forbidden);
    }
    let key = IdempotencyKey::try_new("book_deposit", key, &cmd)?;
    let reference = bank_reference(&cmd.bank_reference).ok_or(DepositError::NoReference)?;
    let deposit = Deposit {
        id: TransferId::new(),
        user: cmd.user,
        amount: cmd.amount,
        bank_reference: reference,
        note: NOTE.read(&cmd.note)?,
        booked_by,
        returned: false,
    };
    let posting = deposit.posting();
    let keys = [AccountKey::CustodyBank, posting.credit];
    let mut tx = store.begin(actor).await?;
    // A wallet is opened for those only whom we know.
    if let Some(user) = cmd.user
        && !tx.is_known(user).await?
    {
        return Err(DepositError::NoSuchUser(user));
    }
    let currency = cmd.amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[]).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    if !tx
        .claim_reference(Direction::In, &deposit.bank_reference)
        .await?
    {
        return Err(DepositError::ReferenceUsed);
    }

    book.post(deposit.id, &posting)?;

    tx.save_book(&book).await?;
    tx.add_deposit(&deposit).await?;
    tx.remember(&key, &deposit.id.to_string()).await?;
    tx.commit().await?;
    Ok(deposit.id)
}
