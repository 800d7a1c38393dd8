//! Addresses and languages, for the service that writes to people.

use authz::{Actor, Subject};
use ids::UserId;
use uow::StoreError;

use super::App;
use super::ports::Account;

/// Why no addresses were told.
#[derive(Debug, thiserror::Error)]
pub enum ContactsError {
    /// Only our services may ask.
    #[error("addresses are told to no person")]
    Forbidden,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The accounts of these people, as far as there are any.
#[tracing::instrument(name = "auth.contacts", skip_all)]
pub async fn contacts(
    app: &App,
    actor: &Actor,
    users: &[UserId],
) -> Result<Vec<Account>, ContactsError> {
    if !matches!(actor.subject, Subject::Service(_)) {
        return Err(ContactsError::Forbidden);
    }
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.contacts(users).await?)
}
