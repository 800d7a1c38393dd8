//! Who may see which settlement runs, and which lines of them. What is not one's to see does not
//! exist.

use authz::{Actor, Role};
use ids::{ProjectId, RunId};
use settlement::Run;
use uow::StoreError;

use super::App;
use super::ports::StoredRun;
use crate::domain::{RunShare, SettlementRun, run_of, shares};

/// See every line.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];

/// A run, as far as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// What became of it.
    pub run: SettlementRun,
    /// The document: for those who see every line.
    pub document: Option<String>,
    /// The computed run, with every line: for its totals.
    pub computed: Run,
    /// The lines that the reader may see.
    pub shares: Vec<RunShare>,
}

/// One run: for the project's owner, staff and those who take part.
pub async fn run(app: &App, actor: &Actor, id: RunId) -> Result<Option<RunView>, StoreError> {
    match app.reads.run(actor, id).await? {
        Some(stored) => view(actor, stored),
        None => Ok(None),
    }
}

/// Those of one project, by number, as far as they are the reader's to see.
pub async fn runs(
    app: &App,
    actor: &Actor,
    project: ProjectId,
) -> Result<Vec<RunView>, StoreError> {
    let stored = app.reads.runs(actor, project).await?;
    let views = stored.into_iter().map(|stored| view(actor, stored));
    views.filter_map(Result::transpose).collect()
}

fn view(actor: &Actor, stored: StoredRun) -> Result<Option<RunView>, StoreError> {
    let StoredRun {
        run,
        owner,
        document,
    } = stored;
    let computed = run_of(&document).map_err(StoreError::failed)?;
    let mut shares = shares(&computed).map_err(StoreError::failed)?;
    let sees_all = actor.has_one_of(STAFF) || actor.is(owner);
    if !sees_all {
        shares.retain(|share| actor.is(share.investor));
        if shares.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(RunView {
        run,
        document: sees_all.then_some(document),
        computed,
        shares,
    }))
}
