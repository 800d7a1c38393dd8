//! An investor asks to be taken for one who can judge and bear the risk.

use authz::Actor;
use uow::IdempotencyKey;

use super::ports::NamedInvestor;
use super::{App, UsersError};
use crate::domain::{Category, Malformed, Reason};

/// Puts the request into the administrators' queue. Only SOPHISTICATED can be asked for.
#[tracing::instrument(name = "users.request_category", skip_all)]
pub async fn request_category(
    app: &App,
    actor: &Actor,
    key: String,
    (category, reason): (Category, &str),
) -> Result<NamedInvestor, UsersError> {
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    if category != Category::Sophisticated {
        return Err(Malformed { field: "category" }.into());
    }
    let reason = Reason::try_new(reason)?;
    let key = IdempotencyKey::try_new("request_category", key, &reason.as_str())?;
    let mut tx = app.store.begin(actor).await?;
    // The news of their registration may still be under way.
    tx.register(user).await?;
    let mut investor = tx.investor_for_update(user).await?.unwrap_or_default();
    if tx.answer_to(&key).await?.is_none() {
        let fact = investor.ask(reason, tx.now())?;

        tx.save_investor(user, &investor, (&fact, user)).await?;
        tx.remember(&key, "").await?;
    }
    let answer = tx.investor(user).await?;
    tx.commit().await?;
    Ok(answer)
}
