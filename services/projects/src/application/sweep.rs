//! What time alone brings about: fundings open, deadlines end projects.

use authz::Actor;
use ids::{EventId, ProjectId, TenantId};
use uow::StoreError;

use super::App;

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
    let round = tx.round(id).await?;
    match project.on_time(round, tx.now()) {
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
