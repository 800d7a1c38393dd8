//! A person proves who they are by address and password.

use authz::Actor;
use ids::SessionId;
use uow::StoreError;

use super::App;
use super::tokens::digest;
use crate::domain::Session;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Address or password is wrong: which, and whether there is an account, is not told.
    #[error("the address or the password is wrong")]
    WrongCredentials,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins a session and gives the secret of its cookie. No unit of work is open while the password
/// is hashed.
#[tracing::instrument(name = "auth.sign_in", skip_all)]
pub async fn sign_in(
    app: &App,
    actor: &Actor,
    email: &str,
    password: String,
) -> Result<String, SignInError> {
    let mut tx = app.store.begin(actor).await?;
    let found = tx.credentials(&email.trim().to_lowercase()).await?;
    drop(tx);
    let (user, hash) = found.unzip();
    let is_right = app.vault.verify(password, hash).await?;
    let user = user.filter(|_| is_right);
    let user = user.ok_or(SignInError::WrongCredentials)?;

    let session = Session::begin(SessionId::new(), user, clock::real_now());
    let browser = app.vault.secret();

    let mut tx = app.store.begin(actor).await?;
    tx.add_session(&session, digest(&browser)).await?;
    tx.commit().await?;
    Ok(browser)
}
