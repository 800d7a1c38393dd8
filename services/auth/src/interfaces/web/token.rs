//! The endpoints that clients call themselves: tokens, their revocation, and who a token is for.
//! Answers are JSON and never cached (the site's headers say so).

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawForm, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uow::StoreError;

use super::browser::Visit;
use super::form::Fields;
use super::pages;
use super::site::Desk;
use crate::application::account::userinfo as whose;
use crate::application::client_credentials::{client_credentials, introspect as look_into};
use crate::application::exchange_code::{ExchangeCode, exchange_code};
use crate::application::refresh::refresh;
use crate::application::revoke::revoke as give_back;
use crate::application::{GrantError, Tokens};
use crate::domain::{ACCESS_LIFE, OauthError};

/// A client's name and secret, in the form or as `Authorization: Basic`.
struct Credentials {
    client: String,
    secret: Option<String>,
}

/// `POST /oauth2/token`.
pub(super) async fn token(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    match granted(&desk, &visit, &headers, &Fields::parse(&body)).await {
        Ok(tokens) => Json(reply(&tokens)).into_response(),
        Err(err) => refused(&err),
    }
}

async fn granted(
    desk: &Desk,
    visit: &Visit,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Tokens, GrantError> {
    let Credentials { client, secret } = credentials(headers, fields)?;
    let required = |name| fields.one(name).ok_or(OauthError::InvalidRequest);
    match required("grant_type")? {
        "authorization_code" => {
            let cmd = ExchangeCode {
                client,
                client_secret: secret,
                code: required("code")?.to_owned(),
                redirect_uri: required("redirect_uri")?.to_owned(),
                verifier: required("code_verifier")?.to_owned(),
            };
            exchange_code(&desk.site.app, &visit.actor, cmd).await
        }
        "refresh_token" => {
            let client = (client.as_str(), secret.as_deref());
            let token = required("refresh_token")?;
            refresh(&desk.site.app, &visit.actor, client, token).await
        }
        "client_credentials" => {
            let credentials = (client.as_str(), secret.as_deref());
            client_credentials(&desk.site.app, &visit.actor, credentials).await
        }
        _ => Err(OauthError::UnsupportedGrantType.into()),
    }
}

/// `POST /oauth2/revoke` (RFC 7009): an unknown token is answered like a known one.
pub(super) async fn revoke(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let given = async {
        let Credentials { client, secret } = credentials(&headers, &fields)?;
        let token = fields.one("token").ok_or(OauthError::InvalidRequest)?;
        let client = (client.as_str(), secret.as_deref());
        give_back(&desk.site.app, &visit.actor, client, token).await
    };
    match given.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(err) => refused(&err),
    }
}

/// `POST /oauth2/introspect` (RFC 7662), for machines.
pub(super) async fn introspect(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let asked = async {
        let Credentials { client, secret } = credentials(&headers, &fields)?;
        let token = fields.one("token").ok_or(OauthError::InvalidRequest)?;
        let credentials = (client.as_str(), secret.as_deref());
        look_into(&desk.site.app, &visit.actor, credentials, token).await
    };
    match asked.await {
        Ok(None) => Json(json!({ "active": false })).into_response(),
        Ok(Some(claims)) => {
            let scopes: Vec<_> = claims.scopes.iter().map(ToString::to_string).collect();
            Json(json!({
                "active": true,
                "iss": desk.site.issuer,
                "sub": claims.user.to_string(),
                "client_id": claims.client,
                "scope": scopes.join(" "),
                "roles": claims.roles,
                "token_type": "Bearer",
                "iat": claims.issued_at.unix_timestamp(),
                "exp": claims.expires_at.unix_timestamp(),
            }))
            .into_response()
        }
        Err(err) => refused(&err),
    }
}

/// `GET /oauth2/userinfo`.
pub(super) async fn userinfo(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(access) = given else {
        return challenged(StatusCode::UNAUTHORIZED, "Bearer");
    };
    match whose(&desk.site.app, &visit.actor, access).await {
        Ok(account) => Json(json!({
            "sub": account.user.to_string(),
            "email": account.email,
            "locale": account.language,
            "roles": account.roles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))
        .into_response(),
        Err(GrantError::Refused(OauthError::InvalidScope)) => {
            challenged(StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\"")
        }
        Err(GrantError::Refused(_)) => {
            challenged(StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\"")
        }
        Err(err @ GrantError::Store(_)) => refused(&err),
    }
}

fn challenged(status: StatusCode, challenge: &'static str) -> Response {
    (status, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
}

fn credentials(headers: &HeaderMap, fields: &Fields) -> Result<Credentials, OauthError> {
    if fields.has_repeated() {
        return Err(OauthError::InvalidRequest);
    }
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        let client = fields.one("client_id").ok_or(OauthError::InvalidRequest)?;
        return Ok(Credentials {
            client: client.to_owned(),
            secret: fields.one("client_secret").map(str::to_owned),
        });
    };
    // Name and secret are form-encoded before they are put together (RFC 6749 §2.3.1).
    let plain = |text: &str| {
        let (decoded, _) = form_urlencoded::parse(text.as_bytes()).next()?;
        Some(decoded.into_owned()).filter(|text| !text.contains('\0'))
    };
    let read = || {
        let encoded = header.to_str().ok()?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (client, secret) = text.split_once(':')?;
        Some(Credentials {
            client: plain(client)?,
            secret: Some(plain(secret)?),
        })
    };
    let credentials = read().ok_or(OauthError::UnknownClient)?;
    match fields.one("client_id") {
        Some(client) if client != credentials.client => Err(OauthError::InvalidRequest),
        Some(_) | None => Ok(credentials),
    }
}

fn reply(tokens: &Tokens) -> Value {
    let scopes: Vec<_> = tokens.scopes.iter().map(ToString::to_string).collect();
    let mut reply = json!({
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE.whole_seconds(),
        "scope": scopes.join(" "),
    });
    for (name, token) in [("refresh_token", &tokens.refresh), ("id_token", &tokens.id)] {
        if let Some(token) = token {
            reply[name] = token.as_str().into();
        }
    }
    reply
}

/// RFC 6749 §5.2.
fn refused(err: &GrantError) -> Response {
    let (status, code, text) = match err {
        GrantError::Refused(err @ OauthError::UnknownClient) => {
            (StatusCode::UNAUTHORIZED, err.code(), err.to_string())
        }
        GrantError::Refused(err) => (StatusCode::BAD_REQUEST, err.code(), err.to_string()),
        GrantError::Store(StoreError::Conflict) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "try again".to_owned(),
        ),
        GrantError::Store(err) => {
            pages::log(err);
            let text = "internal error".to_owned();
            (StatusCode::INTERNAL_SERVER_ERROR, "server_error", text)
        }
    };
    let body = Json(json!({ "error": code, "error_description": text }));
    if status == StatusCode::UNAUTHORIZED {
        return (status, [(header::WWW_AUTHENTICATE, "Basic")], body).into_response();
    }
    (status, body).into_response()
}
