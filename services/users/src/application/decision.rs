//! What the steps have in common: their errors, and the way into and out of a decision.

use authz::{Actor, Role};
use ids::UserId;
use time::OffsetDateTime;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::App;
use super::ports::{FileError, Person, Seen};
use crate::domain::{Malformed, Refusal};

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// It is somebody else's to do or to know.
    #[error("this is not yours to decide")]
    Forbidden,
    /// A field can't be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A paper's file is not what may be kept.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets an administrator decide on somebody else's submission, once per key.
pub(super) async fn decide(
    app: &App,
    actor: &Actor,
    (key, user): (IdempotencyKey, UserId),
    decision: impl FnOnce(&mut Person, OffsetDateTime) -> Result<(), Refusal> + Send,
) -> Result<Seen, UsersError> {
    let admin = admin(actor)?;
    if admin == user {
        return Err(Refusal::OwnCase.into());
    }
    let mut tx = app.store.begin(actor).await?;
    let mut person = tx.person_for_update(user).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok((person, tx.now()));
    }
    let now = tx.now();

    decision(&mut person, now)?;

    tx.save(&person, &admin.to_string()).await?;
    tx.remember(&key, "").await?;
    tx.commit().await?;
    Ok((person, now))
}

/// The administrator who is calling.
pub(super) fn admin(actor: &Actor) -> Result<UserId, UsersError> {
    let admin = actor.user().filter(|_| actor.has(Role::Admin));
    admin.ok_or(UsersError::Forbidden)
}
