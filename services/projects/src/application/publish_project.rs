//! The owner shows the project.

use authz::Actor;
use ids::ProjectId;
use time::OffsetDateTime;
use uow::IdempotencyKey;

use super::command::{conclude, own};
use super::{App, CommandError};

/// From here on the project is visible and its terms are immutable. Only its verified owner may.
#[tracing::instrument(name = "projects.publish_project", skip_all)]
pub async fn publish_project(
    app: &App,
    actor: &Actor,
    key: String,
    (id, opens_at): (ProjectId, Option<OffsetDateTime>),
) -> Result<(), CommandError> {
    let request = (id, opens_at.map(OffsetDateTime::unix_timestamp));
    let key = IdempotencyKey::try_new("publish_project", key, &request)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let verified = tx.is_verified(project.owner).await?;

    let fact = project.publish(verified, opens_at, tx.now())?;

    conclude(tx, &key, &project, fact).await
}
