//! A client exchanges a refresh token for the next one.

use authz::Actor;

use super::tokens::{check_client, digest, give};
use super::{App, GrantError, Tokens};
use crate::domain::{OauthError, Redemption};

/// Rotates the token; a second use ends the session and is stored although it is refused.
#[tracing::instrument(name = "auth.refresh", skip_all)]
pub async fn refresh(
    app: &App,
    actor: &Actor,
    client: (&str, Option<&str>),
    token: &str,
) -> Result<Tokens, GrantError> {
    let now = clock::real_now();
    let mut tx = app.store.begin(actor).await?;
    check_client(&mut *tx, client).await?;
    let hash = digest(token);
    let found = tx.refresh_for_update(hash).await?;
    let (mut session, mut token) = found.ok_or(OauthError::InvalidGrant)?;

    match token.redeem(&mut session, client.0, now) {
        Redemption::Refused => Err(OauthError::InvalidGrant.into()),
        Redemption::Reused => {
            tx.save_session(&session).await?;
            tx.commit().await?;
            (app.on_ended)(session.id);
            Err(OauthError::InvalidGrant.into())
        }
        Redemption::Granted => {
            tx.save_refresh(hash, session.id, &token).await?;
            let next = token.successor(now);
            let tokens = give(app, actor, &mut *tx, (&session, &next), now).await?;
            tx.commit().await?;
            Ok(tokens)
        }
    }
}
