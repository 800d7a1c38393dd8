//! What time alone brings about: requests expire, offerings are sealed.

use authz::Actor;
use ids::{EventId, ParticipationId, ProjectId, TenantId};
use sha2::{Digest as _, Sha256};
use uow::StoreError;

use super::App;

/// Expires the requests whose time is over. Answers how many.
pub async fn expire_due(app: &App) -> Result<usize, StoreError> {
    let mut expired = 0;
    for (tenant, id) in app.store.overdue_requests().await? {
        expired += usize::from(expire(app, tenant, id).await?);
    }
    Ok(expired)
}

/// Seals the offerings that are full, captured and cooled off. Answers how many.
pub async fn seal_due(app: &App) -> Result<usize, StoreError> {
    let mut sealed = 0;
    for (tenant, project) in app.store.sealable_offerings().await? {
        sealed += usize::from(seal(app, tenant, project).await?);
    }
    Ok(sealed)
}

/// A refusal means that somebody was faster, and is no accident.
async fn expire(app: &App, tenant: TenantId, id: ParticipationId) -> Result<bool, StoreError> {
    let mut tx = app.store.begin(&sweeper(tenant)).await?;
    let Some((mut offering, mut participation)) = tx.participation_for_update(id).await? else {
        return Ok(false);
    };
    match offering.expire(&mut participation, tx.now()) {
        Ok(change) => {
            tx.save(&offering, &participation, change).await?;
            tx.commit().await?;
            Ok(true)
        }
        Err(refusal) => {
            tracing::info!(%id, code = refusal.code(), "a request did not expire");
            Ok(false)
        }
    }
}

async fn seal(app: &App, tenant: TenantId, project: ProjectId) -> Result<bool, StoreError> {
    let mut tx = app.store.begin(&sweeper(tenant)).await?;
    let Some(mut offering) = tx.offering_for_update(project).await? else {
        return Ok(false);
    };
    let participations = tx.participations(&offering).await?;
    match offering.seal(&participations, tx.now()) {
        Ok(list) => {
            let digest: [u8; 32] = Sha256::digest(list.text()).into();
            let hash = digest.map(|byte| format!("{byte:02x}")).concat();
            tx.save_sealed(&offering, &list, &hash).await?;
            tx.commit().await?;
            Ok(true)
        }
        Err(refusal) => {
            tracing::info!(%project, code = refusal.code(), "an offering was not sealed");
            Ok(false)
        }
    }
}

fn sweeper(tenant: TenantId) -> Actor {
    Actor::service("participation", tenant, EventId::new().as_uuid())
}
