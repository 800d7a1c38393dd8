//! Who waits for an administrator's decision.

use authz::{Actor, Role};

use super::ports::Person;
use super::{App, UsersError};

/// The most that one look shows; whoever is decided on makes room for the next.
pub const QUEUE_MAX: i64 = 200;

/// The longest waiting first; for administrators.
#[tracing::instrument(name = "users.kyc_queue", skip_all)]
pub async fn kyc_queue(app: &App, actor: &Actor) -> Result<Vec<Person>, UsersError> {
    if !actor.has(Role::Admin) {
        return Err(UsersError::Forbidden);
    }
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.pending(QUEUE_MAX).await?)
}
