//! An administrator does not verify a person, and says why.

use authz::Actor;
use ids::UserId;
use uow::IdempotencyKey;

use super::decision::decide;
use super::ports::Seen;
use super::{App, UsersError};
use crate::domain::Reason;

/// The person reads the reason and may submit again.
#[tracing::instrument(name = "users.reject_kyc", skip_all)]
pub async fn reject_kyc(
    app: &App,
    actor: &Actor,
    key: String,
    (user, reason): (UserId, &str),
) -> Result<Seen, UsersError> {
    let reason = Reason::try_new(reason)?;
    let key = IdempotencyKey::try_new("reject_kyc", key, &(user, reason.as_str()))?;
    decide(app, actor, (key, user), |person, _| {
        person.kyc.reject(reason)
    })
    .await
}
