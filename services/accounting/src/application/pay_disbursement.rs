//! The treasurer pays a disbursement out of escrow: once per bank reference.

use authz::Actor;
use ids::{DisbursementId, TransferId};
use uow::IdempotencyKey;

use super::App;
use super::execution::{ExecutionError, reference};
use super::ports::{Direction, Paying};
use crate::domain::{AccountKey, Disbursement};

/// Posts the payment and counts the cost, at once.
#[tracing::instrument(name = "accounting.pay_disbursement", skip_all)]
pub async fn pay_disbursement(
    app: &App,
    actor: &Actor,
    key: String,
    id: DisbursementId,
    bank_reference: &str,
) -> Result<Disbursement, ExecutionError> {
    let bank_reference = reference(bank_reference)?;
    let key = IdempotencyKey::try_new("pay_disbursement", key, &(id, &bank_reference))?;
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.disbursement_for_update(id).await?;
    let (mut books, mut disbursement) = found.ok_or(ExecutionError::NoSuchDisbursement(id))?;
    let keys = [
        AccountKey::EscrowCapital(books.project),
        AccountKey::CustodyBank,
    ];
    let mut book = tx.book_for_update(&keys, books.currency, &[]).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(disbursement);
    }
    if !tx.claim_reference(Direction::Out, &bank_reference).await? {
        return Err(ExecutionError::ReferenceUsed);
    }

    let suspended = tx.is_suspended(books.project).await?;
    let posting = disbursement.pay(by, suspended, &mut books)?;
    book.post(TransferId::from(id.as_uuid()), &posting)?;

    tx.save_book(&book).await?;
    tx.save_books(&books).await?;
    let paying = Paying {
        disbursement,
        bank_reference,
    };
    tx.save_paid(&paying).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(paying.disbursement)
}
