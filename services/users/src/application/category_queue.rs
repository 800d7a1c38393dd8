//! Which investors ask for another category.

use authz::Actor;

use super::decision::admin;
use super::kyc_queue::QUEUE_MAX;
use super::ports::NamedInvestor;
use super::{App, UsersError};

/// The longest waiting first; for administrators.
#[tracing::instrument(name = "users.category_queue", skip_all)]
pub async fn category_queue(app: &App, actor: &Actor) -> Result<Vec<NamedInvestor>, UsersError> {
    admin(actor)?;
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.category_requests(QUEUE_MAX).await?)
}
