//! A verification ends by time alone; the others are told by an event.

use authz::Actor;
use ids::{EventId, TenantId, UserId};
use uow::StoreError;

use super::App;

/// Expires the verifications that are over. Answers how many.
pub async fn expire_kyc(app: &App) -> Result<usize, StoreError> {
    let mut expired = 0;
    for (tenant, user) in app.store.over().await? {
        expired += usize::from(expire(app, tenant, user).await?);
    }
    Ok(expired)
}

/// False when somebody was faster, or the person has submitted anew: no accident.
async fn expire(app: &App, tenant: TenantId, user: UserId) -> Result<bool, StoreError> {
    let sweeper = Actor::service("users", tenant, EventId::new().as_uuid());
    let mut tx = app.store.begin(&sweeper).await?;
    let mut person = tx.person_for_update(user).await?;
    if !person.kyc.expire(tx.now()) {
        return Ok(false);
    }
    tx.save(&person, "").await?;
    tx.commit().await?;
    Ok(true)
}
