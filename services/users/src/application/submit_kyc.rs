//! A person shows who they are.

use authz::Actor;
use uow::IdempotencyKey;

use super::ports::Person;
use super::{App, KycError};
use crate::domain::Documents;

/// Puts the person into the queue.
#[tracing::instrument(name = "users.submit_kyc", skip_all)]
pub async fn submit_kyc(
    app: &App,
    actor: &Actor,
    key: String,
    documents: Documents,
) -> Result<Person, KycError> {
    let user = actor.user().ok_or(KycError::Forbidden)?;
    documents.check()?;
    let key = IdempotencyKey::try_new("submit_kyc", key, &documents)?;
    let mut tx = app.store.begin(actor).await?;
    let mut person = tx.person_for_update(user).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(person);
    }

    person.kyc.submit(&documents, tx.now())?;

    person.documents = Some(documents);
    tx.save(&person, &actor.label()).await?;
    tx.remember(&key, "").await?;
    tx.commit().await?;
    Ok(person)
}
