//! The owner puts a file that was sent beside the project.

use authz::Actor;
use ids::{DocumentId, ProjectId};
use serde::Serialize;
use uow::{IdempotencyKey, StoreError};

use super::request_upload::owner;
use super::{file, media, scope};
use crate::application::command::own;
use crate::application::{App, CommandError};
use crate::domain::Label;

/// Which upload, and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct AttachDocument {
    /// Beside which project.
    pub project: ProjectId,
    /// As the upload's ticket says.
    pub upload: String,
    /// What it is.
    pub label: Label,
}

/// Takes the file first, so that there is never a row without its object: one that lies, is too
/// large or was cut off leaves neither. Only the project's owner may. The same key gets the same
/// document.
#[tracing::instrument(name = "projects.attach_document", skip_all)]
pub async fn attach_document(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: AttachDocument,
) -> Result<DocumentId, CommandError> {
    let id = cmd.project;
    let key = IdempotencyKey::try_new("attach_document", key, &cmd)?;
    let person = owner(app, actor, id).await?;
    // An upload is forgotten after an hour; what was made of it is not.
    if let Some(answer) = app.store.begin(actor).await?.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let allowed = media(cmd.label.kind);
    let scope = scope(id, person);
    let stored = app.blobs.accept(&cmd.upload, &scope, allowed).await?;

    let mut tx = app.store.begin(actor).await?;
    let project = own(&mut *tx, actor, id).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let earlier = tx.documents(id).await?;

    let document = project.attach(file(stored), cmd.label, (&earlier, tx.now()))?;

    tx.add_document(id, &document).await?;
    tx.remember(&key, &document.id.to_string()).await?;
    tx.commit().await?;
    Ok(document.id)
}
