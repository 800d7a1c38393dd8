//! A requested disbursement is not paid after all: its owner withdraws it, or a treasurer or an
//! admin rejects it.

use authz::{Actor, Role};
use ids::DisbursementId;
use uow::IdempotencyKey;

use super::App;
use super::execution::ExecutionError;
use crate::domain::Disbursement;

/// Reject what others asked for.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer];

/// What was set aside in escrow is free again, and the invoice may be asked for anew.
#[tracing::instrument(name = "accounting.end_disbursement", skip_all)]
pub async fn end_disbursement(
    app: &App,
    actor: &Actor,
    key: String,
    (id, reason): (DisbursementId, String),
) -> Result<Disbursement, ExecutionError> {
    let key = IdempotencyKey::try_new("end_disbursement", key, &(id, &reason))?;
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.disbursement_for_update(id).await?;
    let (mut books, mut disbursement) = found.ok_or(ExecutionError::NoSuchDisbursement(id))?;
    if by != disbursement.requested_by && !actor.has_one_of(STAFF) {
        return Err(ExecutionError::NoSuchDisbursement(id));
    }
    if tx.answer_to(&key).await?.is_some() {
        return Ok(disbursement);
    }

    disbursement.end(by, &reason, &mut books)?;

    tx.save_books(&books).await?;
    tx.save_ended(&disbursement).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(disbursement)
}
