//! A person whose password was right shows their second factor, or one of their recovery codes.

use authz::Actor;
use ids::UserId;
use uow::StoreError;

use super::App;
use super::tokens::digest;

/// Why the sign-in is not complete.
#[derive(Debug, thiserror::Error)]
pub enum EnterCodeError {
    /// No sign-in of this browser waits for a code.
    #[error("no sign-in waits for a code: sign in again")]
    NothingAwaited,
    /// The code is wrong, of another time, or was used.
    #[error("the code is wrong or was used already")]
    WrongCode,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whose code is awaited from this browser, for the limits.
pub async fn awaited(
    app: &App,
    actor: &Actor,
    browser: &str,
) -> Result<Option<UserId>, StoreError> {
    let mut tx = app.store.begin(actor).await?;
    let session = tx.browser_session_for_update(digest(browser)).await?;
    let awaits = session.filter(|session| session.awaits_otp(clock::real_now()));
    Ok(awaits.map(|session| session.user))
}

/// Completes the sign-in. Each code is good once.
#[tracing::instrument(name = "auth.enter_code", skip_all)]
pub async fn enter_code(
    app: &App,
    actor: &Actor,
    (browser, device): (&str, &str),
    code: &str,
) -> Result<(), EnterCodeError> {
    let now = clock::real_now();
    let user = awaited(app, actor, browser).await?;
    let user = user.ok_or(EnterCodeError::NothingAwaited)?;
    let mut tx = app.store.begin(actor).await?;
    // The account before the session, as everywhere.
    let factor = tx.second_factor_for_update(user).await?;
    let mut factor = factor.ok_or(EnterCodeError::NothingAwaited)?;
    let session = tx.browser_session_for_update(digest(browser)).await?;
    let session = session.filter(|session| session.awaits_otp(now));
    let mut session = session.ok_or(EnterCodeError::NothingAwaited)?;

    let code: String = code.chars().filter(|c| !" -".contains(*c)).collect();
    let code = code.to_ascii_uppercase();
    match app.vault.step(user, (&factor.sealed, &code), now)? {
        Some(step) if factor.take(step) => tx.save_step(user, &factor).await?,
        Some(_) => return Err(EnterCodeError::WrongCode),
        None => {
            if !tx.use_recovery(user, digest(&code)).await? {
                return Err(EnterCodeError::WrongCode);
            }
        }
    }

    session.show_otp(now);
    tx.keep_device(user, digest(device)).await?;
    tx.save_otp(&session, true).await?;
    tx.commit().await?;
    Ok(())
}
