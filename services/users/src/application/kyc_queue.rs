//! Who waits for an administrator's decision.

use authz::{Actor, Role};

use super::ports::Person;
use super::{App, UsersError};
use crate::domain::Paper;

/// The most that one look shows; whoever is decided on makes room for the next.
pub const QUEUE_MAX: i64 = 100;

/// The longest waiting first, each with their papers; for administrators.
#[tracing::instrument(name = "users.kyc_queue", skip_all)]
pub async fn kyc_queue(app: &App, actor: &Actor) -> Result<Vec<(Person, Vec<Paper>)>, UsersError> {
    if !actor.has(Role::Admin) {
        return Err(UsersError::Forbidden);
    }
    let mut tx = app.store.begin(actor).await?;
    let mut queue = Vec::new();
    for person in tx.pending(QUEUE_MAX).await? {
        let papers = tx.papers(person.id).await?;
        queue.push((person, papers));
    }
    Ok(queue)
}
