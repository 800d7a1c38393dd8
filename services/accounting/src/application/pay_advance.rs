//! The owner covers an overrun with money of its own.

use authz::Actor;
use ids::{ProjectId, TransferId};
use money::Money;
use uow::IdempotencyKey;

use super::App;
use super::execution::{ExecutionError, books};
use crate::domain::AccountKey;

/// Moves the owner's money from the wallet into `escrow:capital`; only the owner may.
#[tracing::instrument(name = "accounting.pay_advance", skip_all)]
pub async fn pay_advance(
    app: &App,
    actor: &Actor,
    key: String,
    project: ProjectId,
    amount: Money,
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("pay_advance", key, &(project, amount))?;
    let mut tx = app.store.begin(actor).await?;
    let mut books = books(&mut *tx, project).await?;
    if !actor.is(books.owner) {
        return Err(ExecutionError::Forbidden);
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    let posting = books.pay_advance(amount)?;
    let keys = [posting.debit, AccountKey::EscrowCapital(project)];
    let mut book = tx.book_for_update(&keys, books.currency, &[]).await?;
    book.post(TransferId::new(), &posting)?;

    tx.save_book(&book).await?;
    tx.save_books(&books).await?;
    tx.record_advance(&books, amount).await?;
    tx.remember(&key, &project.to_string()).await?;
    tx.commit().await?;
    Ok(())
}
