//! A person sends a paper.

use authz::Actor;
use ids::DocumentId;
use uow::{IdempotencyKey, StoreError};

use super::{App, UsersError};
use crate::domain::{PAPERS_MAX, Paper, PaperKind, Refusal};

/// Keeps the file that was sent to the upload's address. What lies about its type or is cut off
/// leaves nothing behind.
#[tracing::instrument(name = "users.attach_kyc_document", skip_all)]
pub async fn attach_kyc_document(
    app: &App,
    actor: &Actor,
    key: String,
    (kind, upload_id): (PaperKind, &str),
) -> Result<Paper, UsersError> {
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    let request = (kind.to_string(), upload_id);
    let key = IdempotencyKey::try_new("attach_kyc_document", key, &request)?;
    let file = app.files.accept(user, upload_id).await?;
    let mut tx = app.store.begin(actor).await?;
    tx.person_for_update(user).await?;
    let papers = tx.papers(user).await?;
    if let Some(earlier) = tx.answer_to(&key).await? {
        let known = papers.into_iter().find(|one| one.id.to_string() == earlier);
        return known.ok_or_else(|| StoreError::failed("a remembered paper is gone").into());
    }
    if papers.len() >= PAPERS_MAX {
        return Err(Refusal::TooManyPapers.into());
    }
    let paper = Paper {
        id: DocumentId::new(),
        kind,
        file,
        attached_at: tx.now(),
    };

    tx.attach(user, &paper).await?;
    tx.remember(&key, &paper.id.to_string()).await?;
    tx.commit().await?;
    Ok(paper)
}
