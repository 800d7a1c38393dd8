//! A person takes a second factor, or gives it up.

use authz::Actor;
use ids::UserId;
use uow::StoreError;

use super::App;
use super::ports::{Account, Enrolment, Tx};
use super::tokens::digest;
use crate::domain::{Otp, RECOVERY_CODES, REMOVAL_FRESH, SecondFactor, Session};

/// Why a second factor is as it was.
#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    /// Nobody is signed in to this browser.
    #[error("sign in first")]
    SignInFirst,
    /// The person has one: it is removed before another one is taken.
    #[error("there is a second factor already")]
    Enrolled,
    /// The code is wrong, of another time, or the form is somebody else's.
    #[error("the code is wrong")]
    WrongCode,
    /// The sign-in is too old, or was without a code.
    #[error("this needs a sign-in of the last five minutes")]
    NotFresh,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Shows a second factor to take; it counts once a code of it was right.
#[tracing::instrument(name = "auth.offer_totp", skip_all)]
pub async fn offer_totp(
    app: &App,
    actor: &Actor,
    browser: &str,
) -> Result<(Account, Enrolment), TotpError> {
    let mut tx = app.store.begin(actor).await?;
    let (account, _) = signed_in(&mut *tx, browser).await?;
    if tx.second_factor_for_update(account.user).await?.is_some() {
        return Err(TotpError::Enrolled);
    }
    let enrolment = app.vault.enrolment(&account)?;
    Ok((account, enrolment))
}

/// Takes it, and gives the recovery codes: they are never shown again. The sign-in has shown the
/// second factor from here on.
#[tracing::instrument(name = "auth.enroll_totp", skip_all)]
pub async fn enroll_totp(
    app: &App,
    actor: &Actor,
    browser: &str,
    (sealed, code): (&str, &str),
) -> Result<Vec<String>, TotpError> {
    let now = clock::real_now();
    let mut tx = app.store.begin(actor).await?;
    let (account, mut session) = signed_in(&mut *tx, browser).await?;
    let user = account.user;
    if tx.second_factor_for_update(user).await?.is_some() {
        return Err(TotpError::Enrolled);
    }
    let sealed = app.vault.sealed(user, sealed).ok_or(TotpError::WrongCode)?;
    let step = app.vault.step(user, (&sealed, code.trim()), now)?;
    let last_step = step.ok_or(TotpError::WrongCode)?;
    let codes: Vec<_> = (0..RECOVERY_CODES)
        .map(|_| app.vault.recovery_code())
        .collect();
    let hashes: Vec<_> = codes
        .iter()
        .map(|code| digest(&code.replace('-', "")))
        .collect();

    tx.enroll(user, &SecondFactor { sealed, last_step }, &hashes)
        .await?;
    session.show_otp(session.auth_time);
    tx.save_otp(&session, false).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Gives it up: only just after a sign-in that has shown it.
#[tracing::instrument(name = "auth.remove_totp", skip_all)]
pub async fn remove_totp(app: &App, actor: &Actor, browser: &str) -> Result<(), TotpError> {
    let mut tx = app.store.begin(actor).await?;
    let (account, session) = signed_in(&mut *tx, browser).await?;
    let is_fresh = session.is_proven_within(Some(REMOVAL_FRESH), clock::real_now());
    if session.otp != Otp::Shown || !is_fresh {
        return Err(TotpError::NotFresh);
    }
    tx.remove_second_factor(account.user).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a person has a second factor.
pub async fn has_totp(app: &App, actor: &Actor, user: UserId) -> Result<bool, StoreError> {
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.second_factor_for_update(user).await?.is_some())
}

/// The account, locked, and then the session of the browser.
async fn signed_in(tx: &mut dyn Tx, browser: &str) -> Result<(Account, Session), TotpError> {
    let browser = digest(browser);
    let user = tx
        .session_user(browser)
        .await?
        .ok_or(TotpError::SignInFirst)?;
    let account = tx.account_for_update(user).await?;
    let session = tx.browser_session_for_update(browser).await?;
    let session = session.filter(|session| session.is_live(clock::real_now()));
    account.zip(session).ok_or(TotpError::SignInFirst)
}
