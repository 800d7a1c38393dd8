//! A person proves who they are by address and password, and by a code where they have a second
//! factor.

use authz::Actor;
use ids::SessionId;
use uow::StoreError;

use super::App;
use super::tokens::digest;
use crate::domain::{Otp, Session};

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

/// A right password.
pub struct Proven {
    /// The secret of the session's cookie.
    pub browser: String,
    /// What comes next.
    pub then: Then,
}

/// What a right password leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The person is signed in.
    Done,
    /// The code of their second factor is still to come.
    Code,
    /// The person is signed in, but a role of theirs holds only with a second factor.
    Enroll,
}

/// Begins a session; `device` is the secret of the browser's own cookie. No unit of work is open
/// while the password is hashed.
#[tracing::instrument(name = "auth.sign_in", skip_all)]
pub async fn sign_in(
    app: &App,
    actor: &Actor,
    (email, device): (&str, &str),
    password: String,
) -> Result<Proven, SignInError> {
    let mut tx = app.store.begin(actor).await?;
    let found = tx.credentials(&email.trim().to_lowercase()).await?;
    drop(tx);
    let (user, hash) = found.unzip();
    let is_right = app.vault.verify(password, hash).await?;
    let user = user.filter(|_| is_right);
    let user = user.ok_or(SignInError::WrongCredentials)?;

    let browser = app.vault.secret();

    let mut tx = app.store.begin(actor).await?;
    let account = tx.account_for_update(user).await?;
    let account = account.ok_or(SignInError::WrongCredentials)?;
    let (otp, then) = if tx.second_factor_for_update(user).await?.is_some() {
        (Otp::Awaited, Then::Code)
    } else if account.roles.iter().any(|role| role.needs_otp()) {
        (Otp::None, Then::Enroll)
    } else {
        (Otp::None, Then::Done)
    };
    let mut session = Session::begin(SessionId::new(), user, otp, clock::real_now());
    let device = digest(device);
    let (is_known, has_others) = tx.device(user, device).await?;
    session.new_device = has_others && !is_known;
    if then != Then::Code {
        tx.keep_device(user, device).await?;
    }
    tx.add_session(&session, digest(&browser)).await?;
    tx.commit().await?;
    Ok(Proven { browser, then })
}
