//! A person agrees to a text.

use authz::Actor;
use uow::IdempotencyKey;

use super::consents::{Asked, consents, text_hash};
use super::{App, UsersError};
use crate::domain::{Consent, Refusal};

/// The text that a person has read.
pub struct Read {
    /// Which.
    pub consent: Consent,
    /// In which version.
    pub version: i32,
    /// SHA-256 of what they were shown.
    pub hash: [u8; 32],
}

/// Refuses another version than the one in force, and the hash of another text: what is agreed to
/// is what was read, in either language.
#[tracing::instrument(name = "users.give_consent", skip_all)]
pub async fn give_consent(
    app: &App,
    actor: &Actor,
    key: String,
    read: Read,
) -> Result<Asked, UsersError> {
    let Read {
        consent,
        version,
        hash,
    } = read;
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    let request = (consent.to_string(), version, hash);
    let key = IdempotencyKey::try_new("give_consent", key, &request)?;
    let mut tx = app.store.begin(actor).await?;
    tx.person_for_update(user).await?;
    if tx.answer_to(&key).await?.is_none() {
        let text = consent.text();
        if version != text.version {
            let in_force = text.version;
            return Err(Refusal::ConsentOutdated { in_force }.into());
        }
        if ![text.spanish, text.english].map(text_hash).contains(&hash) {
            return Err(Refusal::ConsentTextDiffers.into());
        }

        tx.give(user, (consent, version), hash).await?;
        tx.remember(&key, "").await?;
    }
    tx.commit().await?;
    let asked = consents(app, actor).await?;
    let given = asked.into_iter().find(|one| one.consent == consent);
    Ok(given.expect("every text is asked for"))
}
