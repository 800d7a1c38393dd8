//! Who may see what. What is not one's to see does not exist.

use authz::{Actor, Role};
use ids::ProjectId;
use uow::StoreError;

use super::App;
use super::command::may_see;
use super::ports::{ProjectFilter, ProjectView};

/// One project: a draft for its owner and admins, any other for everybody.
pub async fn project(
    app: &App,
    actor: &Actor,
    id: ProjectId,
) -> Result<Option<ProjectView>, StoreError> {
    let found = app.reads.project(actor, id).await?;
    let seen = found.filter(|view| may_see(actor, &view.project));
    Ok(seen.map(|view| view.shown_to(actor)))
}

/// Those that the actor may see; with `mine` one's own only.
pub async fn project_list(
    app: &App,
    actor: &Actor,
    mine: bool,
    filter: ProjectFilter,
) -> Result<Vec<ProjectView>, StoreError> {
    let owner = if mine { actor.user() } else { None };
    if mine && owner.is_none() {
        return Ok(Vec::new());
    }
    let filter = ProjectFilter {
        owner,
        viewer: actor.user(),
        every_draft: actor.has(Role::Admin),
        ..filter
    };
    let found = app.reads.projects(actor, filter).await?;
    Ok(found.into_iter().map(|view| view.shown_to(actor)).collect())
}
