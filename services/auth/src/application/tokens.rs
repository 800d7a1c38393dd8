//! What the exchange of a code and a refresh have in common: the client's proof and the tokens.

use authz::Actor;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uow::StoreError;

use super::App;
use super::ports::Tx;
use crate::domain::{Digest, OauthError, Otp, RefreshToken, Scope, Session};

/// Why no tokens were given.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The protocol refuses.
    #[error(transparent)]
    Refused(#[from] OauthError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fresh tokens.
pub struct Tokens {
    /// Signed, for five minutes.
    pub access: String,
    /// Where staying signed in was asked for.
    pub refresh: Option<String>,
    /// Where signing in was asked for.
    pub id: Option<String>,
    /// What they are for.
    pub scopes: Vec<Scope>,
}

pub(super) fn digest(secret: &str) -> Digest {
    Sha256::digest(secret).into()
}

/// Refuses a client that is unknown or does not show its secret.
pub(super) async fn check_client(
    tx: &mut dyn Tx,
    (id, secret): (&str, Option<&str>),
) -> Result<(), GrantError> {
    let (_, expected) = tx.client(id).await?.ok_or(OauthError::UnknownClient)?;
    if expected != secret.map(digest) {
        return Err(OauthError::UnknownClient.into());
    }
    Ok(())
}

/// Gives tokens for a session, with the roles that hold by it; stores `next` as the refresh token
/// where it may stay signed in.
pub(super) async fn give(
    app: &App,
    actor: &Actor,
    tx: &mut dyn Tx,
    (session, next): (&Session, &RefreshToken),
    now: OffsetDateTime,
) -> Result<Tokens, GrantError> {
    let account = tx.account(session.user).await?;
    let account = account.ok_or(OauthError::InvalidGrant)?;
    let has_otp = session.otp == Otp::Shown;
    let held = account
        .roles
        .iter()
        .filter(|role| has_otp || !role.needs_otp());
    let roles = held.map(Into::into).collect();
    let scopes = next.scopes.clone();
    let claims = session.claims(actor.tenant, (&next.client, &scopes), roles, now);
    let access = app.vault.sign(&claims)?;
    let mut refresh = None;
    if scopes.contains(&Scope::OfflineAccess) {
        let secret = app.vault.secret();
        tx.save_refresh(digest(&secret), session.id, next).await?;
        refresh = Some(secret);
    }
    Ok(Tokens {
        access,
        refresh,
        id: None,
        scopes,
    })
}
