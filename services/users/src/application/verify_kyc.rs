//! An administrator verifies a person.

use authz::Actor;
use ids::UserId;
use uow::IdempotencyKey;

use super::decision::decide;
use super::ports::Seen;
use super::{App, UsersError};

/// From now on, and for a year, the person may take part.
#[tracing::instrument(name = "users.verify_kyc", skip_all)]
pub async fn verify_kyc(
    app: &App,
    actor: &Actor,
    key: String,
    user: UserId,
) -> Result<Seen, UsersError> {
    let key = IdempotencyKey::try_new("verify_kyc", key, &user)?;
    decide(app, actor, (key, user), |person, now| {
        person.kyc.verify(now).map(|_| ())
    })
    .await
}
