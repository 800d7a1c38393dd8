//! The second person agrees to a payout above the policy's limit.

use authz::{Actor, Role};
use ids::PayoutId;
use uow::IdempotencyKey;

use super::{App, PayoutError};

/// Four eyes: an admin, and not the payee. The sign-in was found fresh at the door.
#[tracing::instrument(name = "accounting.agree_payout", skip_all)]
pub async fn agree_payout(
    app: &App,
    actor: &Actor,
    key: String,
    id: PayoutId,
) -> Result<PayoutId, PayoutError> {
    let by = actor.user().ok_or(PayoutError::Forbidden)?;
    if !actor.has(Role::Admin) {
        return Err(PayoutError::Forbidden);
    }
    let key = IdempotencyKey::try_new("agree_payout", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.payout_for_update(id).await?;
    let mut payout = found.ok_or(PayoutError::NoSuchPayout(id))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(id);
    }

    payout.agree(by)?;

    tx.save_agreed_payout(&payout).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}
