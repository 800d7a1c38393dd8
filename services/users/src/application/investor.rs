//! What an investor may put up.

use authz::{Actor, Role};
use ids::UserId;

use super::ports::NamedInvestor;
use super::{App, UsersError};

/// One's own standing, or as an administrator or auditor anybody's.
#[tracing::instrument(name = "users.investor", skip_all)]
pub async fn investor(app: &App, actor: &Actor, user: UserId) -> Result<NamedInvestor, UsersError> {
    if !actor.is(user) && !actor.has_one_of(&[Role::Admin, Role::Auditor]) {
        return Err(UsersError::Forbidden);
    }
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.investor(user).await?)
}
