//! What the limits of the sign-in page need to know of people.

use authz::Actor;
use uow::StoreError;

use super::App;
use super::tokens::digest;

/// Whether the address's person has signed in from this browser before: then what others do with
/// the address is no reason to keep them out.
pub async fn is_known_device(
    app: &App,
    actor: &Actor,
    (email, device): (&str, &str),
) -> Result<bool, StoreError> {
    let mut tx = app.store.begin(actor).await?;
    let found = tx.credentials(&email.trim().to_lowercase()).await?;
    match found {
        Some((user, _)) => Ok(tx.device(user, digest(device)).await?.0),
        None => Ok(false),
    }
}

/// Records that tries to sign in as the address's person have to wait, if there is one.
pub async fn note_limited(app: &App, actor: &Actor, email: &str) -> Result<(), StoreError> {
    let mut tx = app.store.begin(actor).await?;
    if let Some((user, _)) = tx.credentials(&email.trim().to_lowercase()).await? {
        tx.limited(user).await?;
        tx.commit().await?;
    }
    Ok(())
}
