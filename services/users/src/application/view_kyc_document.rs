//! An administrator looks at a paper, and the record says so.

use authz::Actor;
use ids::{DocumentId, UserId};
use uow::IdempotencyKey;

use super::decision::admin;
use super::{App, UsersError};
use crate::domain::Refusal;

/// Gives an address for five minutes. Each look is recorded before its address is known.
#[tracing::instrument(name = "users.view_kyc_document", skip_all)]
pub async fn view_kyc_document(
    app: &App,
    actor: &Actor,
    key: String,
    (user, document): (UserId, DocumentId),
) -> Result<String, UsersError> {
    let admin = admin(actor)?;
    let key = IdempotencyKey::try_new("view_kyc_document", key, &(user, document))?;
    let mut tx = app.store.begin(actor).await?;
    let papers = tx.papers(user).await?;
    let found = papers.into_iter().find(|one| one.id == document);
    let paper = found.ok_or(Refusal::NoSuchPaper)?;
    if tx.answer_to(&key).await?.is_none() {
        tx.viewed(user, document, admin).await?;
        tx.remember(&key, "").await?;
        tx.commit().await?;
    }
    let name = paper.kind.to_string().to_lowercase();
    Ok(app.files.address(&paper.file, &name)?)
}
