//! Which papers a person has sent.

use authz::{Actor, Role};
use ids::UserId;

use super::{App, UsersError};
use crate::domain::Paper;

/// One's own, or as an administrator anybody's; without their contents.
#[tracing::instrument(name = "users.kyc_documents", skip_all)]
pub async fn kyc_documents(
    app: &App,
    actor: &Actor,
    user: UserId,
) -> Result<Vec<Paper>, UsersError> {
    if !actor.is(user) && !actor.has(Role::Admin) {
        return Err(UsersError::Forbidden);
    }
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.papers(user).await?)
}
