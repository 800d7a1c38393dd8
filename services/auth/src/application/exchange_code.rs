//! A client exchanges its code for tokens.

use authz::Actor;

use super::tokens::{check_client, digest, give};
use super::{App, GrantError, Tokens};
use crate::domain::{OauthError, Redemption, RefreshToken, Scope, TokenState, check_verifier};

/// What the client shows.
pub struct ExchangeCode {
    /// Its name.
    pub client: String,
    /// Its secret, if it can keep one.
    pub client_secret: Option<String>,
    /// The code.
    pub code: String,
    /// As in the request.
    pub redirect_uri: String,
    /// PKCE.
    pub verifier: String,
}

/// Gives tokens once; a second use ends the session and is stored although it is refused.
#[tracing::instrument(name = "auth.exchange_code", skip_all)]
pub async fn exchange_code(
    app: &App,
    actor: &Actor,
    cmd: ExchangeCode,
) -> Result<Tokens, GrantError> {
    check_verifier(&cmd.verifier)?;
    let now = clock::real_now();
    let mut tx = app.store.begin(actor).await?;
    check_client(&mut *tx, (&cmd.client, cmd.client_secret.as_deref())).await?;
    let hash = digest(&cmd.code);
    let found = tx.code_for_update(hash).await?;
    let (mut session, mut code) = found.ok_or(OauthError::InvalidGrant)?;

    let asker = (cmd.client.as_str(), cmd.redirect_uri.as_str());
    match code.redeem(&mut session, asker, digest(&cmd.verifier), now) {
        Redemption::Refused => Err(OauthError::InvalidGrant.into()),
        Redemption::Reused => {
            tx.save_session(&session).await?;
            tx.commit().await?;
            (app.on_ended)(session.id);
            Err(OauthError::InvalidGrant.into())
        }
        Redemption::Granted => {
            tx.save_code(hash, session.id, &code).await?;
            let first = RefreshToken {
                client: cmd.client,
                scopes: code.request.scopes,
                issued_at: now,
                state: TokenState::Fresh,
            };
            let mut tokens = give(app, actor, &mut *tx, (&session, &first), now).await?;
            if tokens.scopes.contains(&Scope::Openid) {
                let claims = session.id_claims(&first.client, code.request.nonce, now);
                tokens.id = Some(app.vault.sign_id(&claims)?);
            }
            tx.commit().await?;
            Ok(tokens)
        }
    }
}
