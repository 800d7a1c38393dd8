//! An administrator gives a person a role.

use authz::{Actor, Role};
use ids::UserId;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::App;

/// Why no role was given.
#[derive(Debug, thiserror::Error)]
pub enum GrantRoleError {
    /// Only administrators give roles, and never to themselves.
    #[error("this is not yours to decide")]
    Forbidden,
    /// There is none.
    #[error("there is no account {0}")]
    NoSuchAccount(UserId),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives the role; it stands in tokens from the next sign-in or refresh on.
#[tracing::instrument(name = "auth.grant_role", skip_all)]
pub async fn grant_role(
    app: &App,
    actor: &Actor,
    key: String,
    (user, role): (UserId, Role),
) -> Result<(), GrantRoleError> {
    if !actor.has(Role::Admin) || actor.is(user) {
        return Err(GrantRoleError::Forbidden);
    }
    let key = IdempotencyKey::try_new("grant_role", key, &(user, role.to_string()))?;
    let mut tx = app.store.begin(actor).await?;
    let account = tx.account_for_update(user).await?;
    account.ok_or(GrantRoleError::NoSuchAccount(user))?;
    if tx.answer_to(&key).await?.is_none() {
        tx.grant_role(user, role, &actor.label()).await?;
        tx.remember(&key, "").await?;
        tx.commit().await?;
    }
    Ok(())
}
