//! What the commands on one project have in common: the way in, the way out, and why not.

use authz::{Actor, Role};
use blob::BlobError;
use costing::CostingError;
use ids::ProjectId;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::ports::Tx;
use crate::domain::{ImportProject, ProjectFact, Refusal, SheetRefusal};

/// Why a command took no effect.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is none, or it is not the caller's to know of.
    #[error("there is no project {0}")]
    NoSuchProject(ProjectId),
    /// It is somebody else's to do.
    #[error("this is not yours to do")]
    Forbidden,
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No costing can be worked out.
    #[error(transparent)]
    Costing(#[from] CostingError),
    /// A file that can't be taken.
    #[error(transparent)]
    Upload(#[from] BlobError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SheetRefusal> for CommandError {
    fn from(refusal: SheetRefusal) -> Self {
        match refusal {
            SheetRefusal::Refused(refusal) => refusal.into(),
            SheetRefusal::Costing(refusal) => refusal.into(),
        }
    }
}

/// Why the word of another service could not be followed: it contradicts what is known.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Not one of ours.
    #[error("there is no project {0}")]
    NoSuchProject(ProjectId),
    /// Against the rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Locks a project that another service speaks of.
pub(super) async fn followed(tx: &mut dyn Tx, id: ProjectId) -> Result<ImportProject, StepError> {
    let project = tx.project_for_update(id).await?;
    project.ok_or(StepError::NoSuchProject(id))
}

/// Locks a project that the actor may know of.
pub(super) async fn known(
    tx: &mut dyn Tx,
    actor: &Actor,
    id: ProjectId,
) -> Result<ImportProject, CommandError> {
    let project = tx.project_for_update(id).await?;
    project
        .filter(|project| may_see(actor, project))
        .ok_or(CommandError::NoSuchProject(id))
}

/// Locks a project that is the actor's own.
pub(super) async fn own(
    tx: &mut dyn Tx,
    actor: &Actor,
    id: ProjectId,
) -> Result<ImportProject, CommandError> {
    let project = known(tx, actor, id).await?;
    if actor.is(project.owner) {
        Ok(project)
    } else {
        Err(CommandError::Forbidden)
    }
}

/// Until it is published, only its owner and admins know of a project.
pub(super) fn may_see(actor: &Actor, project: &ImportProject) -> bool {
    project.published_at.is_some() || actor.is(project.owner) || actor.has(Role::Admin)
}

/// Stores what happened with its answer, and makes it lasting.
pub(super) async fn conclude(
    mut tx: Box<dyn Tx>,
    key: &IdempotencyKey,
    project: &ImportProject,
    fact: ProjectFact,
) -> Result<(), CommandError> {
    tx.save(project, &[fact]).await?;
    tx.remember(key, &project.id.to_string()).await?;
    Ok(tx.commit().await?)
}
