//! What time alone brings about: requests and waiting lists expire, who did not renew is out,
//! deadlines are missed, room that is free goes to the waiting list, offerings are sealed.

use authz::Actor;
use ids::{EventId, ParticipationId, ProjectId, TenantId};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uow::StoreError;

use super::App;
use super::ports::Tx;
use super::room::{lock_concerned, promote};
use crate::domain::{Change, Offering, Participation, Refusal};

/// Ends what was not decided or renewed in time, and then the rounds that missed their goal.
/// Answers how many.
pub async fn expire_due(app: &App) -> Result<usize, StoreError> {
    let mut ended = 0;
    for (tenant, id) in app.store.overdue().await? {
        ended += usize::from(end(app, tenant, id, Offering::expire).await?);
    }
    for (tenant, id) in app.store.unrenewed().await? {
        ended += usize::from(end(app, tenant, id, Offering::withdraw_unrenewed).await?);
    }
    for (tenant, project) in app.store.missed_offerings().await? {
        ended += usize::from(miss(app, tenant, project).await?);
    }
    Ok(ended)
}

/// Gives room that is free to whoever waits for it and could not have it before: a limit, an
/// identity or a suspension was in the way. Answers how many.
pub async fn promote_due(app: &App) -> Result<usize, StoreError> {
    let mut promoted = 0;
    for (tenant, project) in app.store.promotable_offerings().await? {
        let (mut tx, Some(mut offering)) = locked(app, tenant, project).await? else {
            continue;
        };
        let waiting = lock_concerned(&mut *tx, &offering, &[]).await?;
        promoted += promote(&mut *tx, &mut offering, waiting).await?;
        tx.commit().await?;
    }
    Ok(promoted)
}

/// Seals the offerings that are full, captured, renewed and cooled off. Answers how many.
pub async fn seal_due(app: &App) -> Result<usize, StoreError> {
    let mut sealed = 0;
    for (tenant, project) in app.store.sealable_offerings().await? {
        sealed += usize::from(seal(app, tenant, project).await?);
    }
    Ok(sealed)
}

type Rule = fn(&mut Offering, &mut Participation, OffsetDateTime) -> Result<Change, Refusal>;

/// A refusal means that somebody was faster, and is no accident.
async fn end(
    app: &App,
    tenant: TenantId,
    id: ParticipationId,
    rule: Rule,
) -> Result<bool, StoreError> {
    let mut tx = app.store.begin(&sweeper(tenant)).await?;
    let Some((mut offering, mut participation)) = tx.participation_for_update(id).await? else {
        return Ok(false);
    };
    let leaving = std::slice::from_ref(&participation);
    let waiting = lock_concerned(&mut *tx, &offering, leaving).await?;
    match rule(&mut offering, &mut participation, tx.now()) {
        Ok(change) => {
            tx.save(&offering, &participation, change).await?;
            promote(&mut *tx, &mut offering, waiting).await?;
            tx.commit().await?;
            Ok(true)
        }
        Err(refusal) => {
            tracing::info!(%id, code = refusal.code(), "a participation was not ended");
            Ok(false)
        }
    }
}

async fn miss(app: &App, tenant: TenantId, project: ProjectId) -> Result<bool, StoreError> {
    let (mut tx, Some(mut offering)) = locked(app, tenant, project).await? else {
        return Ok(false);
    };
    match offering.miss_deadline(tx.now()) {
        Ok(()) => {
            tx.save_deadline_missed(&offering).await?;
            tx.commit().await?;
            Ok(true)
        }
        Err(refusal) => {
            tracing::info!(%project, code = refusal.code(), "an offering was not closed");
            Ok(false)
        }
    }
}

async fn seal(app: &App, tenant: TenantId, project: ProjectId) -> Result<bool, StoreError> {
    let (mut tx, Some(mut offering)) = locked(app, tenant, project).await? else {
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

async fn locked(
    app: &App,
    tenant: TenantId,
    project: ProjectId,
) -> Result<(Box<dyn Tx>, Option<Offering>), StoreError> {
    let mut tx = app.store.begin(&sweeper(tenant)).await?;
    let offering = tx.offering_for_update(project).await?;
    Ok((tx, offering))
}

fn sweeper(tenant: TenantId) -> Actor {
    Actor::service("participation", tenant, EventId::new().as_uuid())
}
