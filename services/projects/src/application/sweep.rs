//! What time alone brings about: fundings open, deadlines end projects, allotments that nobody
//! collected are sold.

use authz::Actor;
use ids::{EventId, ProjectId, TenantId};
use uow::StoreError;

use super::App;
use super::ports::Tx;
use crate::domain::ImportProject;

/// Moves on the projects whose time has come. Answers how many.
pub async fn sweep_due(app: &App) -> Result<usize, StoreError> {
    let mut moved = 0;
    for (tenant, project) in app.store.due_projects().await? {
        moved += usize::from(move_on(app, tenant, project).await?);
    }
    Ok(moved)
}

/// Nothing is to be done when somebody was faster.
async fn move_on(app: &App, tenant: TenantId, id: ProjectId) -> Result<bool, StoreError> {
    let actor = Actor::service("projects", tenant, EventId::new().as_uuid());
    let mut tx = app.store.begin(&actor).await?;
    let Some(mut project) = tx.project_for_update(id).await? else {
        return Ok(false);
    };
    if project.collection_is_over(tx.now()) {
        return lapse(tx, project).await;
    }
    match project.on_time(tx.now()) {
        Ok(Some(fact)) => {
            tx.save(&project, &[fact]).await?;
            tx.commit().await?;
            Ok(true)
        }
        Ok(None) => Ok(false),
        Err(refusal) => {
            tracing::warn!(%id, code = refusal.code(), "a project could not be moved on");
            Ok(false)
        }
    }
}

/// Once for a project: what is not collected by then can be sold.
async fn lapse(mut tx: Box<dyn Tx>, mut project: ImportProject) -> Result<bool, StoreError> {
    let Some(mut goods) = tx.goods(project.id).await? else {
        return Ok(false);
    };
    for mut allotment in tx.open_allotments(project.id).await? {
        if goods.lapse(&mut allotment) {
            tx.save_lapse(project.id, &goods, &allotment).await?;
        }
    }
    project.due_at = None;
    tx.save(&project, &[]).await?;
    tx.commit().await?;
    Ok(true)
}
