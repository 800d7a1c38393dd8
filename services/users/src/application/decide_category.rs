//! An administrator answers an investor's request for a category.

use authz::Actor;
use ids::UserId;
use uow::IdempotencyKey;

use super::ports::NamedInvestor;
use super::set_investor_limits::decide;
use super::{App, UsersError};
use crate::domain::Reason;

/// What was decided.
pub enum Answer {
    /// SOPHISTICATED, without limits.
    Accepted,
    /// With what the investor reads.
    Refused(Reason),
}

/// Gives the category or refuses it.
#[tracing::instrument(name = "users.decide_category", skip_all)]
pub async fn decide_category(
    app: &App,
    actor: &Actor,
    key: String,
    (user, answer): (UserId, Answer),
) -> Result<NamedInvestor, UsersError> {
    let reason = match &answer {
        Answer::Accepted => None,
        Answer::Refused(reason) => Some(reason.as_str()),
    };
    let key = IdempotencyKey::try_new("decide_category", key, &(user, reason))?;
    decide(app, actor, (key, user), |investor| match answer {
        Answer::Accepted => investor.accept(),
        Answer::Refused(reason) => investor.refuse(reason),
    })
    .await
}
