//! An administrator says what an investor may put up.

use authz::Actor;
use ids::UserId;
use uow::IdempotencyKey;

use super::decision::admin;
use super::ports::NamedInvestor;
use super::{App, UsersError};
use crate::domain::{Category, Investor, InvestorFact, Limits, Refusal};

/// Sets category and limits. Nobody sets their own.
#[tracing::instrument(name = "users.set_investor_limits", skip_all)]
pub async fn set_investor_limits(
    app: &App,
    actor: &Actor,
    key: String,
    (user, category, limits): (UserId, Category, Limits),
) -> Result<NamedInvestor, UsersError> {
    let Limits {
        per_project,
        per_12_months,
    } = limits;
    let told = [per_project, per_12_months]
        .map(|limit| limit.map(|limit| (limit.minor(), limit.currency().code())));
    let request = (user, category.to_string(), told);
    let key = IdempotencyKey::try_new("set_investor_limits", key, &request)?;
    decide(app, actor, (key, user), |investor| {
        Ok(investor.set(category, limits))
    })
    .await
}

/// Lets an administrator decide on somebody else's standing, once per key.
pub(super) async fn decide(
    app: &App,
    actor: &Actor,
    (key, user): (IdempotencyKey, UserId),
    decision: impl FnOnce(&mut Investor) -> Result<InvestorFact, Refusal> + Send,
) -> Result<NamedInvestor, UsersError> {
    let admin = admin(actor)?;
    if admin == user {
        return Err(Refusal::OwnLimits.into());
    }
    let mut tx = app.store.begin(actor).await?;
    let found = tx.investor_for_update(user).await?;
    let mut investor = found.ok_or(Refusal::NoSuchPerson)?;
    if tx.answer_to(&key).await?.is_none() {
        let fact = decision(&mut investor)?;

        tx.save_investor(user, &investor, (&fact, admin)).await?;
        tx.remember(&key, "").await?;
    }
    let answer = tx.investor(user).await?;
    tx.commit().await?;
    Ok(answer)
}
