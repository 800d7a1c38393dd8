//! The authorization endpoint: a browser comes from a client and goes back with a code.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use time::Duration;

use super::browser::Visit;
use super::form::{Fields, encode, without};
use super::pages::{self, Message};
use super::site::Desk;
use crate::application::GrantError;
use crate::application::authorize::{Authorization, Authorize, authorize as give, redirects_to};
use crate::domain::{AuthorizationRequest, OauthError};

/// `GET /oauth2/authorize`. Refusals go to the client only when client and address belong
/// together; otherwise they are shown here.
pub(super) async fn authorize(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let fields = Fields::parse(query.as_bytes());
    let target = (fields.text("client_id"), fields.text("redirect_uri"));
    match redirects_to(&desk.site.app, &visit.actor, target).await {
        Ok(true) => {}
        Ok(false) => {
            let page = Message::new(&visit, "wrong-client");
            return (StatusCode::BAD_REQUEST, page).into_response();
        }
        Err(GrantError::Refused(_)) => return pages::unavailable(&visit),
        Err(GrantError::Store(err)) => return pages::failed(&visit, &err),
    }
    let answer = match answer(&desk, &visit, &fields).await {
        Ok(Authorization::Code(code)) => vec![("code", code)],
        Ok(Authorization::SignInFirst) if fields.text("prompt") == "none" => {
            refusal(OauthError::LoginRequired)
        }
        Ok(Authorization::SignInFirst) => return sign_in_first(&visit, &query),
        Err(GrantError::Refused(err)) => refusal(err),
        Err(GrantError::Store(err)) => {
            pages::log(&err);
            vec![("error", "server_error".to_owned())]
        }
    };
    let mut pairs: Vec<(&str, &str)> = answer
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    pairs.push(("state", fields.text("state")));
    pairs.push(("iss", &desk.site.issuer));
    let mark = if target.1.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{}{mark}{}", target.1, encode(&pairs))).into_response()
}

async fn answer(desk: &Desk, visit: &Visit, fields: &Fields) -> Result<Authorization, GrantError> {
    let is_served = !fields.has_repeated()
        && matches!(fields.text("response_mode"), "" | "query")
        && fields.one("request").is_none()
        && fields.one("request_uri").is_none();
    if !is_served {
        return Err(OauthError::InvalidRequest.into());
    }
    let request = Authorize {
        client: fields.text("client_id"),
        request: AuthorizationRequest {
            response_type: fields.text("response_type"),
            redirect_uri: fields.text("redirect_uri"),
            scope: fields.text("scope"),
            code_challenge: fields.text("code_challenge"),
            code_challenge_method: fields.text("code_challenge_method"),
            nonce: fields.text("nonce"),
        },
        browser: visit.browser.as_deref(),
        max_age: max_age(fields)?,
    };
    give(&desk.site.app, &visit.actor, request).await
}

/// How old the sign-in may be; `prompt=login` is the same as none at all.
fn max_age(fields: &Fields) -> Result<Option<Duration>, OauthError> {
    let prompts: Vec<&str> = fields.text("prompt").split(' ').collect();
    if prompts.contains(&"none") && prompts.len() > 1 {
        return Err(OauthError::InvalidRequest);
    }
    if prompts.iter().any(|prompt| asks_again(prompt)) {
        return Ok(Some(Duration::ZERO));
    }
    let Some(seconds) = fields.one("max_age") else {
        return Ok(None);
    };
    let seconds: u32 = seconds.parse().map_err(|_| OauthError::InvalidRequest)?;
    Ok(Some(Duration::seconds(seconds.into())))
}

fn asks_again(prompt: &str) -> bool {
    matches!(prompt, "login" | "select_account")
}

fn refusal(err: OauthError) -> Vec<(&'static str, String)> {
    vec![
        ("error", err.code().to_owned()),
        ("error_description", err.to_string()),
    ]
}

/// To the sign-in page and back here. What asked for a new sign-in is not asked twice; whoever
/// takes it out by hand gets tokens that still say when they signed in.
fn sign_in_first(visit: &Visit, query: &str) -> Response {
    let next = without(query, |name, value| match name {
        "prompt" => value.split(' ').any(asks_again),
        "max_age" => value.parse() == Ok(0),
        _ => false,
    });
    let lang = if visit.chose_language {
        visit.words.code()
    } else {
        ""
    };
    let query = encode(&[("next", &next), ("lang", lang)]);
    (visit.cookies(), Redirect::to(&format!("/sign-in?{query}"))).into_response()
}
