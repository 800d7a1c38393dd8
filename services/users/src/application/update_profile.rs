//! A person says what they are called, which language they read, and where they live.

use authz::Actor;
use uow::IdempotencyKey;

use super::ports::Seen;
use super::{App, UsersError};
use crate::domain::Profile;

/// Puts all of it in the place of what was said before.
#[tracing::instrument(name = "users.update_profile", skip_all)]
pub async fn update_profile(
    app: &App,
    actor: &Actor,
    key: String,
    profile: Profile,
) -> Result<Seen, UsersError> {
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    let key = IdempotencyKey::try_new("update_profile", key, &profile)?;
    let mut tx = app.store.begin(actor).await?;
    let mut person = tx.person_for_update(user).await?;
    let now = tx.now();
    if tx.answer_to(&key).await?.is_some() {
        return Ok((person, now));
    }

    person.profile = profile;

    tx.save_profile(&person).await?;
    tx.remember(&key, "").await?;
    tx.commit().await?;
    Ok((person, now))
}
