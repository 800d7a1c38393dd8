//! Who may see what of a project's money. What is not one's to see does not exist.

use authz::{Actor, Role};
use ids::ProjectId;
use uow::StoreError;

use super::App;
use super::ports::{BudgetView, EscrowView, Frozen};

/// See every project's payments.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];

/// The escrow's figures and balances, which name nobody: for everybody who is signed in.
pub async fn escrow(
    app: &App,
    actor: &Actor,
    project: ProjectId,
) -> Result<Option<EscrowView>, StoreError> {
    app.reads.escrow(actor, project).await
}

/// Payments and budget: for the owner, those who take part, and staff.
pub async fn disbursements(
    app: &App,
    actor: &Actor,
    project: ProjectId,
) -> Result<Option<BudgetView>, StoreError> {
    if !may_see(app, actor, project).await? {
        return Ok(None);
    }
    app.reads.budget(actor, project).await
}

/// The frozen structure with its list of participations: for the same.
pub async fn snapshot(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    version: Option<u32>,
) -> Result<Option<Frozen>, StoreError> {
    if !may_see(app, actor, project).await? {
        return Ok(None);
    }
    app.reads.snapshot(actor, project, version).await
}

async fn may_see(app: &App, actor: &Actor, project: ProjectId) -> Result<bool, StoreError> {
    if actor.has_one_of(STAFF) {
        return Ok(true);
    }
    let Some(user) = actor.user() else {
        return Ok(false);
    };
    let escrow = app.reads.escrow(actor, project).await?;
    if escrow.is_some_and(|escrow| escrow.books.owner == user) {
        return Ok(true);
    }
    app.reads.takes_part(actor, project, user).await
}
