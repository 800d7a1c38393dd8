//! What is known of a person.

use authz::{Actor, Role};
use ids::UserId;

use super::ports::Seen;
use super::{App, UsersError};

/// One's own, or as an administrator or auditor anybody's; with the business time that its KYC
/// state is to be read at.
#[tracing::instrument(name = "users.profile", skip_all)]
pub async fn profile(app: &App, actor: &Actor, user: UserId) -> Result<Seen, UsersError> {
    if !actor.is(user) && !actor.has_one_of(&[Role::Admin, Role::Auditor]) {
        return Err(UsersError::Forbidden);
    }
    let mut tx = app.store.begin(actor).await?;
    let person = tx.person(user).await?;
    Ok((person, tx.now()))
}
