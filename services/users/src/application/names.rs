//! What people are called, for lists.

use authz::Actor;
use ids::UserId;

use super::{App, UsersError};
use crate::domain::Malformed;

/// The most people that one call may ask for.
pub const NAMES_MAX: usize = 200;

/// The name of each that has one; for visitors too, who know the ids of owners only.
#[tracing::instrument(name = "users.names", skip_all)]
pub async fn names(
    app: &App,
    actor: &Actor,
    users: &[UserId],
) -> Result<Vec<(UserId, String)>, UsersError> {
    if users.len() > NAMES_MAX {
        return Err(Malformed { field: "user_ids" }.into());
    }
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.names(users).await?)
}
