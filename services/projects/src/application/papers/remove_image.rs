//! The owner takes an image out of a draft.

use authz::Actor;
use ids::{DocumentId, ProjectId};
use uow::IdempotencyKey;

use crate::application::command::own;
use crate::application::{App, CommandError};

/// Only in DRAFT; the row stays, marked. Only the project's owner may.
#[tracing::instrument(name = "projects.remove_image", skip_all)]
pub async fn remove_image(
    app: &App,
    actor: &Actor,
    key: String,
    (id, image): (ProjectId, DocumentId),
) -> Result<(), CommandError> {
    let key = IdempotencyKey::try_new("remove_image", key, &(id, image))?;
    let mut tx = app.store.begin(actor).await?;
    let project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }

    project.check_remove(image, &tx.documents(id).await?)?;

    tx.remove_image(id, image).await?;
    tx.remember(&key, &image.to_string()).await?;
    Ok(tx.commit().await?)
}
