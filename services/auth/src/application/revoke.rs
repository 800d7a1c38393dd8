//! A client gives its refresh token back (RFC 7009): the session ends.

use authz::Actor;

use super::client_credentials::machine;
use super::tokens::{check_client, digest};
use super::{App, GrantError};
use crate::domain::{Ended, OauthError};

/// Ends the session of the token. An unknown token or another client's is answered the same way.
#[tracing::instrument(name = "auth.revoke", skip_all)]
pub async fn revoke(
    app: &App,
    actor: &Actor,
    client: (&str, Option<&str>),
    token: &str,
) -> Result<(), GrantError> {
    if machine(app, actor, client).await?.is_some() {
        return Err(OauthError::UnsupportedTokenType.into());
    }
    let mut tx = app.store.begin(actor).await?;
    check_client(&mut *tx, client).await?;
    if let Some((mut session, token)) = tx.refresh_for_update(digest(token)).await?
        && token.client == client.0
    {
        session.end(Ended::SignedOut, clock::real_now());
        tx.save_session(&session).await?;
        tx.commit().await?;
        (app.on_ended)(session.id);
    }
    Ok(())
}
