//! The texts in force, and what the caller has agreed to.

use authz::Actor;
use sha2::{Digest as _, Sha256};
use strum::IntoEnumIterator as _;
use time::OffsetDateTime;

use super::{App, UsersError};
use crate::domain::{Consent, ConsentText};

/// A text in force, as one person sees it.
pub struct Asked {
    /// Which.
    pub consent: Consent,
    /// Its version in force.
    pub text: ConsentText,
    /// When the person agreed to that version.
    pub given_at: Option<OffsetDateTime>,
}

/// All of them.
#[tracing::instrument(name = "users.consents", skip_all)]
pub async fn consents(app: &App, actor: &Actor) -> Result<Vec<Asked>, UsersError> {
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let given = tx.given(user).await?;
    let asked = Consent::iter().map(|consent| {
        let text = consent.text();
        let holds = |(own, version, _): &&(Consent, i32, OffsetDateTime)| {
            *own == consent && *version == text.version
        };
        let given_at = given.iter().find(holds).map(|(_, _, at)| *at);
        Asked {
            consent,
            text,
            given_at,
        }
    });
    Ok(asked.collect())
}

/// What a text is known by: the SHA-256 of its bytes.
pub fn text_hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
