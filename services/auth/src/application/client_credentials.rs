//! A machine signs in by its own secret (RFC 6749 §4.4), and asks what tokens are worth (RFC 7662).

use authz::Actor;
use uow::StoreError;

use super::tokens::digest;
use super::{App, GrantError, Tokens};
use crate::domain::{Claims, Machine, OauthError, Scope};

/// A token for five minutes: by which an auditor's doors open, and no others.
#[tracing::instrument(name = "auth.client_credentials", skip_all)]
pub async fn client_credentials(
    app: &App,
    actor: &Actor,
    credentials: (&str, Option<&str>),
) -> Result<Tokens, GrantError> {
    let machine = machine(app, actor, credentials).await?;
    let machine = machine.ok_or(OauthError::UnknownClient)?;
    let claims = machine.claims(actor.tenant, clock::real_now());
    Ok(Tokens {
        access: app.vault.sign(&claims)?,
        refresh: None,
        id: None,
        scopes: vec![Scope::Fondeo],
    })
}

/// What an access token says while it is worth something; for machines only.
#[tracing::instrument(name = "auth.introspect", skip_all)]
pub async fn introspect(
    app: &App,
    actor: &Actor,
    credentials: (&str, Option<&str>),
    access: &str,
) -> Result<Option<Claims>, GrantError> {
    let asker = machine(app, actor, credentials).await?;
    asker.ok_or(OauthError::UnknownClient)?;
    let Some(claims) = app.vault.open(access) else {
        return Ok(None);
    };
    if claims.tenant != actor.tenant {
        return Ok(None);
    }
    let mut tx = app.store.begin(actor).await?;
    let is_worth = if let Some(session) = tx.session_for_update(claims.session).await? {
        session.is_live(clock::real_now())
    } else {
        let machine = tx.machine_for_update(claims.user).await?;
        machine.is_some_and(|machine| machine.revoked_at.is_none())
    };
    Ok(Some(claims).filter(|_| is_worth))
}

/// The machine that shows its own secret, while it serves.
pub(super) async fn machine(
    app: &App,
    actor: &Actor,
    (client, secret): (&str, Option<&str>),
) -> Result<Option<Machine>, StoreError> {
    let (Ok(id), Some(secret)) = (client.parse(), secret) else {
        return Ok(None);
    };
    let mut tx = app.store.begin(actor).await?;
    let found = tx.machine_for_update(id).await?;
    // Hashes of 256 random bits: how long comparing them takes tells nobody anything.
    Ok(found.filter(|one| one.revoked_at.is_none() && one.secret == digest(secret)))
}
