//! Whose account it is: by the verified caller, by the browser's cookie, by an access token.

use authz::Actor;
use uow::StoreError;

use super::App;
use super::ports::Account;
use super::tokens::{GrantError, digest};
use crate::domain::{OauthError, Scope};

/// The caller's own account.
pub async fn account(app: &App, actor: &Actor) -> Result<Option<Account>, StoreError> {
    let Some(user) = actor.user() else {
        return Ok(None);
    };
    app.store.begin(actor).await?.account(user).await
}

/// The account that a browser is signed in to, by the secret in its cookie.
pub async fn signed_in(
    app: &App,
    actor: &Actor,
    browser: &str,
) -> Result<Option<Account>, StoreError> {
    let mut tx = app.store.begin(actor).await?;
    let session = tx.browser_session_for_update(digest(browser)).await?;
    match session.filter(|session| session.is_live(clock::real_now())) {
        Some(session) => tx.account(session.user).await,
        None => Ok(None),
    }
}

/// The account behind an access token with the scope `openid`, while its session lives.
pub async fn userinfo(app: &App, actor: &Actor, access: &str) -> Result<Account, GrantError> {
    let claims = app.vault.open(access).ok_or(OauthError::InvalidGrant)?;
    if claims.tenant != actor.tenant || !claims.scopes.contains(&Scope::Openid) {
        return Err(OauthError::InvalidScope.into());
    }
    let mut tx = app.store.begin(actor).await?;
    let session = tx.session_for_update(claims.session).await?;
    let is_live = session.is_some_and(|session| session.is_live(clock::real_now()));
    let account = tx.account(claims.user).await?.filter(|_| is_live);
    Ok(account.ok_or(OauthError::InvalidGrant)?)
}
