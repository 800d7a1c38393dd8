//! An administrator takes a verification away, and says why.

use authz::Actor;
use ids::UserId;
use uow::IdempotencyKey;

use super::decision::decide;
use super::ports::Seen;
use super::{App, UsersError};
use crate::domain::Reason;

/// The person reads the reason and may submit again; until then nothing new is open to them.
#[tracing::instrument(name = "users.suspend_kyc", skip_all)]
pub async fn suspend_kyc(
    app: &App,
    actor: &Actor,
    key: String,
    (user, reason): (UserId, &str),
) -> Result<Seen, UsersError> {
    let reason = Reason::try_new(reason)?;
    let key = IdempotencyKey::try_new("suspend_kyc", key, &(user, reason.as_str()))?;
    decide(app, actor, (key, user), |person, now| {
        person.kyc.suspend(reason, now)
    })
    .await
}
