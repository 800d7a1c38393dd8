//! Who may see what. What is not one's to see does not exist.

use authz::{Actor, Role};
use ids::{ParticipationId, ProjectId};
use uow::StoreError;

use super::App;
use super::ports::{OfferingView, Page, Seen};

/// See every participation.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];

/// One offering: for everybody.
pub async fn offering(
    app: &App,
    actor: &Actor,
    project: ProjectId,
) -> Result<Option<OfferingView>, StoreError> {
    app.reads.offering(actor, project).await
}

/// The offerings of several projects: for everybody.
pub async fn offerings(
    app: &App,
    actor: &Actor,
    projects: &[ProjectId],
) -> Result<Vec<OfferingView>, StoreError> {
    app.reads.offerings(actor, projects).await
}

/// One participation: for its investor, the project's owner and staff.
pub async fn participation(
    app: &App,
    actor: &Actor,
    id: ParticipationId,
) -> Result<Option<Seen>, StoreError> {
    let found = app.reads.participation(actor, id).await?;
    let may_see = |seen: &Seen| {
        actor.is(seen.participation.investor) || actor.is(seen.owner) || actor.has_one_of(STAFF)
    };
    Ok(found.filter(may_see))
}

/// One's own participations.
pub async fn portfolio(app: &App, actor: &Actor, page: &Page) -> Result<Vec<Seen>, StoreError> {
    match actor.user() {
        Some(investor) => {
            app.reads
                .participations_of_investor(actor, investor, page)
                .await
        }
        None => Ok(Vec::new()),
    }
}

/// Those of one project: for its owner and staff; `None` for everybody else.
pub async fn project_participations(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    page: &Page,
) -> Result<Option<Vec<Seen>>, StoreError> {
    let Some(view) = app.reads.offering(actor, project).await? else {
        return Ok(None);
    };
    if actor.is(view.offering.state().owner) || actor.has_one_of(STAFF) {
        app.reads
            .participations_of_project(actor, project, page)
            .await
            .map(Some)
    } else {
        Ok(None)
    }
}
