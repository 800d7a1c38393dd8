//! A person shows who they are.

use authz::Actor;
use uow::IdempotencyKey;

use super::ports::Seen;
use super::{App, UsersError};
use crate::domain::Documents;

/// Puts the person into the queue.
#[tracing::instrument(name = "users.submit_kyc", skip_all)]
pub async fn submit_kyc(
    app: &App,
    actor: &Actor,
    key: String,
    documents: Documents,
) -> Result<Seen, UsersError> {
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    let documents = documents.checked()?;
    let key = IdempotencyKey::try_new("submit_kyc", key, &documents)?;
    let mut tx = app.store.begin(actor).await?;
    let mut person = tx.person_for_update(user).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok((person, tx.now()));
    }
    let now = tx.now();

    person.kyc.submit(&documents, now)?;

    person.documents = Some(documents);
    tx.save(&person, "").await?;
    tx.remember(&key, "").await?;
    tx.commit().await?;
    Ok((person, now))
}
