//! A client asks for a code in the name of a signed-in person.

use authz::Actor;
use ids::SessionId;

use super::tokens::digest;
use super::{App, GrantError};
use crate::domain::{AuthorizationRequest, Code, OauthError};

/// Gives a code for the caller's own session; `InvalidGrant` when they must sign in (again).
#[tracing::instrument(name = "auth.authorize", skip_all)]
pub async fn authorize(
    app: &App,
    actor: &Actor,
    session: SessionId,
    (client, request): (&str, AuthorizationRequest<'_>),
) -> Result<String, GrantError> {
    let now = clock::real_now();
    let mut tx = app.store.begin(actor).await?;
    let (client, _) = tx.client(client).await?.ok_or(OauthError::UnknownClient)?;
    let request = client.judge(request)?;
    let session = tx.session_for_update(session).await?;
    let session = session.filter(|session| session.is_live(now) && actor.is(session.user));
    let session = session.ok_or(OauthError::InvalidGrant)?;
    let secret = app.vault.secret();
    let code = Code {
        request,
        issued_at: now,
        used_at: None,
    };
    tx.save_code(digest(&secret), session.id, &code).await?;
    tx.commit().await?;
    Ok(secret)
}
