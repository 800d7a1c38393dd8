//! The owner tells how it goes.

use authz::Actor;
use ids::{DocumentId, ProjectId};
use uow::IdempotencyKey;

use crate::application::command::own;
use crate::application::{App, CommandError};
use crate::domain::Refusal;

/// What is told.
#[derive(Clone, Debug)]
pub struct PostUpdate {
    /// Of which project.
    pub project: ProjectId,
    /// One line.
    pub title: String,
    /// The rest.
    pub text: String,
    /// Papers beside it.
    pub documents: Vec<DocumentId>,
}

/// For everybody who sees the project. Only its owner may.
#[tracing::instrument(name = "projects.post_update", skip_all)]
pub async fn post_update(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: PostUpdate,
) -> Result<(), CommandError> {
    let PostUpdate {
        project: id,
        title,
        text,
        documents,
    } = cmd;
    let key = IdempotencyKey::try_new("post_update", key, &(id, &title, &text, &documents))?;
    let mut tx = app.store.begin(actor).await?;
    let project = own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let papers = tx.documents(id).await?;
    let is_there = |paper: &DocumentId| papers.iter().any(|one| one.id == *paper);
    if !documents.iter().all(is_there) {
        return Err(Refusal::NoSuchDocument.into());
    }

    let update = project.post_update((&title, &text), documents, tx.now())?;

    tx.add_update(id, &update).await?;
    tx.remember(&key, &update.id.to_string()).await?;
    Ok(tx.commit().await?)
}
