//! The second person agrees to a disbursement above the policy's limit.

use authz::Actor;
use ids::DisbursementId;
use uow::IdempotencyKey;

use super::App;
use super::execution::ExecutionError;
use crate::domain::Disbursement;

/// Four eyes: neither the owner, who requested it, nor anybody with money in the project.
#[tracing::instrument(name = "accounting.agree_disbursement", skip_all)]
pub async fn agree_disbursement(
    app: &App,
    actor: &Actor,
    key: String,
    id: DisbursementId,
) -> Result<Disbursement, ExecutionError> {
    let key = IdempotencyKey::try_new("agree_disbursement", key, &id)?;
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.disbursement_for_update(id).await?;
    let (_, mut disbursement) = found.ok_or(ExecutionError::NoSuchDisbursement(id))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(disbursement);
    }

    let participants = tx.participants(disbursement.project).await?;
    let suspended = tx.is_suspended(disbursement.project).await?;
    disbursement.agree(by, &participants, suspended)?;

    tx.save_agreed(&disbursement).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(disbursement)
}
