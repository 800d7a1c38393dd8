//! The owner says how far the shipment is.

use authz::Actor;
use ids::{DocumentId, MilestoneId, ProjectId};
use time::OffsetDateTime;
use uow::IdempotencyKey;

use crate::application::App;
use crate::application::command::own;
use crate::application::execution::ExecutionError;
use crate::domain::{Milestone, MilestoneKind, Refusal};

/// A step as the owner tells it.
#[derive(Clone, Debug)]
pub struct RecordMilestone {
    /// Of which project.
    pub project: ProjectId,
    /// Which step.
    pub kind: MilestoneKind,
    /// What is remarked.
    pub note: String,
    /// When it was.
    pub occurred_at: OffsetDateTime,
    /// The paper that shows it.
    pub document: Option<DocumentId>,
}

/// Only the project's owner may, while its goods move.
#[tracing::instrument(name = "projects.record_milestone", skip_all)]
pub async fn record_milestone(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: RecordMilestone,
) -> Result<(), ExecutionError> {
    let RecordMilestone {
        project: id,
        kind,
        note,
        occurred_at,
        document,
    } = cmd;
    let request = (
        id,
        kind.to_string(),
        &note,
        occurred_at.unix_timestamp(),
        document,
    );
    let key = IdempotencyKey::try_new("record_milestone", key, &request)?;
    let mut tx = app.store.begin(actor).await?;
    let project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let papers = tx.documents(id).await?;
    if document.is_some_and(|paper| papers.iter().all(|one| one.id != paper)) {
        return Err(crate::application::CommandError::from(Refusal::NoSuchDocument).into());
    }
    let last = tx.last_milestone(id).await?;
    let milestone = Milestone {
        id: MilestoneId::new(),
        kind,
        note,
        occurred_at,
        document,
    };

    let milestone = project.record_milestone(milestone, last.as_ref(), tx.now())?;

    tx.add_milestone(id, &milestone).await?;
    tx.remember(&key, &milestone.id.to_string()).await?;
    Ok(tx.commit().await?)
}
