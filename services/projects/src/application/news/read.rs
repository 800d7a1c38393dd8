//! The news of a project that the actor sees, page by page.

use authz::{Actor, Role};
use uow::StoreError;

use super::ports::Page;
use crate::application::{App, queries};
use crate::domain::{Milestone, Question, Update};

/// Staff see everything.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];

/// The steps of the shipment, newest first.
pub async fn milestones(
    app: &App,
    actor: &Actor,
    page: Page,
) -> Result<Vec<Milestone>, StoreError> {
    match queries::project(app, actor, page.project).await? {
        Some(_) => app.reads.milestones(actor, page).await,
        None => Ok(Vec::new()),
    }
}

/// The owner's updates, newest first.
pub async fn updates(app: &App, actor: &Actor, page: Page) -> Result<Vec<Update>, StoreError> {
    match queries::project(app, actor, page.project).await? {
        Some(_) => app.reads.updates(actor, page).await,
        None => Ok(Vec::new()),
    }
}

/// Questions, newest first; a hidden one is there for whoever asked, the owner and staff. The
/// second value of each is whether the actor may know who asked.
pub async fn questions(
    app: &App,
    actor: &Actor,
    page: Page,
) -> Result<Vec<(Question, bool)>, StoreError> {
    let Some(view) = queries::project(app, actor, page.project).await? else {
        return Ok(Vec::new());
    };
    let sees_all = actor.is(view.project.owner) || actor.has_one_of(STAFF);
    let viewer = actor.user().filter(|_| !sees_all);
    let found = app.reads.questions(actor, page, (sees_all, viewer)).await?;
    let named = |one: Question| {
        let is_named = sees_all || actor.is(one.asked_by);
        (one, is_named)
    };
    Ok(found.into_iter().map(named).collect())
}
