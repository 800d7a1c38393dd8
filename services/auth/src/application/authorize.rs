//! A client asks for a code in the name of a signed-in person.

use authz::Actor;
use time::Duration;

use super::tokens::digest;
use super::{App, GrantError};
use crate::domain::{AuthorizationRequest, Code, OauthError, Session};

/// What a client sends a person's browser with.
#[derive(Clone, Copy, Debug)]
pub struct Authorize<'a> {
    /// Which client.
    pub client: &'a str,
    /// What it asks for.
    pub request: AuthorizationRequest<'a>,
    /// The secret in the browser's cookie.
    pub browser: Option<&'a str>,
    /// How old the sign-in may be; zero asks for a new one.
    pub max_age: Option<Duration>,
}

/// What the browser goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// To the client, with this code.
    Code(String),
    /// To the sign-in page, and back here.
    SignInFirst,
}

/// Whether refusals may be sent to the address: it is registered for a known client.
pub async fn redirects_to(
    app: &App,
    actor: &Actor,
    (client, uri): (&str, &str),
) -> Result<bool, GrantError> {
    let client = app.store.begin(actor).await?.client(client).await?;
    Ok(client.is_some_and(|(client, _)| client.redirects_to(uri)))
}

/// Gives a code for the person whom the browser's cookie names.
#[tracing::instrument(name = "auth.authorize", skip_all)]
pub async fn authorize(
    app: &App,
    actor: &Actor,
    cmd: Authorize<'_>,
) -> Result<Authorization, GrantError> {
    let now = clock::real_now();
    let mut tx = app.store.begin(actor).await?;
    let client = tx.client(cmd.client).await?;
    let (client, _) = client.ok_or(OauthError::UnknownClient)?;
    let request = client.judge(cmd.request)?;
    let session = match cmd.browser {
        Some(browser) => tx.browser_session_for_update(digest(browser)).await?,
        None => None,
    };
    let fits =
        |session: &Session| session.is_live(now) && session.is_proven_within(cmd.max_age, now);
    let Some(session) = session.filter(fits) else {
        return Ok(Authorization::SignInFirst);
    };
    let secret = app.vault.secret();
    let code = Code {
        request,
        issued_at: now,
        used_at: None,
    };
    tx.save_code(digest(&secret), session.id, &code).await?;
    tx.commit().await?;
    Ok(Authorization::Code(secret))
}
