//! Signing in and out, by form.

use std::sync::Arc;

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use uow::StoreError;

use super::browser::Visit;
use super::form::{Fields, encode, without};
use super::pages::{self, Frame, SignIn, SignedIn};
use super::site::{Desk, policy_towards};
use super::words::Words;
use crate::application::account::signed_in;
use crate::application::authorize::redirects_to;
use crate::application::enroll_totp::has_totp;
use crate::application::limits::{is_known_device, note_limited};
use crate::application::sign_in::{Proven, SignInError, Then, sign_in as prove};
use crate::application::sign_out::sign_out as end;

/// `GET /sign-in`: the form, or who is signed in when nothing waits for it.
pub(super) async fn page(
    State(desk): State<Arc<Desk>>,
    mut visit: Visit,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let next = fields.text("next");
    if let (Some(browser), "") = (&visit.browser, next) {
        match signed_in(&desk.site.app, &visit.actor, browser).await {
            Ok(Some(account)) => {
                if !visit.chose_language {
                    visit.words = Words::among(&account.language).unwrap_or(visit.words);
                }
                let has_totp = has_totp(&desk.site.app, &visit.actor, account.user).await;
                let page = SignedIn {
                    frame: Frame::new(&visit, ""),
                    email: account.email,
                    held: account.roles,
                    has_totp: has_totp.unwrap_or_default(),
                    explorer: desk.site.explorer.clone(),
                };
                return (visit.cookies(), page).into_response();
            }
            Ok(None) => {}
            Err(err) => return pages::failed(&visit, &err),
        }
    }
    let page = SignIn {
        frame: Frame::new(&visit, next),
        email: String::new(),
        error: None,
        has_registered: fields.one("registered").is_some(),
    };
    form(&desk, &visit, StatusCode::OK, page).await
}

/// `POST /sign-in`. Why it was refused, and whether there is such an account, is not told: not by
/// the text, the status or the time.
pub(super) async fn sign_in(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    if !visit.is_our_form(&fields) {
        return pages::foreign_form(&visit);
    }
    let email = fields.text("email");
    let device = visit.device.as_str();
    let (app, actor) = (&desk.site.app, &visit.actor);
    let is_known = visit.has_device
        && match is_known_device(app, actor, (email, device)).await {
            Ok(is_known) => is_known,
            Err(err) => return pages::failed(&visit, &err),
        };
    let place = if is_known { device } else { &visit.source };
    if let Err(wait) = desk
        .limits
        .take_sign_in(&visit.source, (email, place), is_known)
    {
        tell_limited(&desk, &visit, email);
        return pages::slow_down(&visit, wait);
    }
    let password = fields.text("password").to_owned();
    let proven = prove(app, actor, (email, device), password).await;
    desk.limits.proved(email, place, proven.is_ok());
    match proven {
        Ok(Proven { browser, then }) => {
            let next = fields.text("next");
            let target = match then {
                Then::Done => onward(&visit, next),
                Then::Code => second(&visit, "/sign-in/code", next),
                Then::Enroll => second(&visit, "/second-factor", next),
            };
            (visit.signed_in(&browser), Redirect::to(&target)).into_response()
        }
        Err(SignInError::WrongCredentials) => {
            let page = SignIn {
                frame: Frame::new(&visit, fields.text("next")),
                email: email.to_owned(),
                error: Some("wrong-credentials"),
                has_registered: false,
            };
            form(&desk, &visit, StatusCode::UNPROCESSABLE_ENTITY, page).await
        }
        Err(SignInError::Store(err)) => pages::failed(&visit, &err),
    }
}

/// Has it recorded that tries for this address wait. Whether it is anybody's, the answer's time
/// does not tell.
#[expect(
    clippy::disallowed_methods,
    reason = "one short task an address and hour, and what is lost at a stop is only a notice"
)]
fn tell_limited(desk: &Arc<Desk>, visit: &Visit, email: &str) {
    if !desk.limits.is_news(email) {
        return;
    }
    let (desk, actor, email) = (Arc::clone(desk), visit.actor.clone(), email.to_owned());
    tokio::spawn(async move {
        if let Err(err) = note_limited(&desk.site.app, &actor, &email).await {
            pages::log(&err);
        }
    });
}

/// Where a sign-in leads: back to the client that waits for it, or to one's account.
pub(super) fn onward(visit: &Visit, next: &str) -> String {
    match next {
        "" => format!("/sign-in?{}", encode(&[("lang", visit.words.code())])),
        // Decoded and encoded again: whatever it was, it is a query of ours now.
        next => format!("/oauth2/authorize?{}", without(next, |_, _| false)),
    }
}

fn second(visit: &Visit, path: &str, next: &str) -> String {
    let query = encode(&[("lang", visit.words.code()), ("next", next)]);
    format!("{path}?{query}")
}

/// `POST /sign-out`: the session ends, and every token that came from it.
pub(super) async fn sign_out(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawForm(body): RawForm,
) -> Response {
    if !visit.is_our_form(&Fields::parse(&body)) {
        return pages::foreign_form(&visit);
    }
    let ended = match &visit.browser {
        Some(browser) => end(&desk.site.app, &visit.actor, browser).await,
        None => Ok::<(), StoreError>(()),
    };
    if let Err(err) = ended {
        return pages::failed(&visit, &err);
    }
    let target = format!("/sign-in?{}", encode(&[("lang", visit.words.code())]));
    (visit.signed_out(), Redirect::to(&target)).into_response()
}

async fn form(desk: &Desk, visit: &Visit, status: StatusCode, page: SignIn) -> Response {
    let next = page.frame.next.clone();
    let response = (status, visit.cookies(), page).into_response();
    leading_on(desk, visit, &next, response).await
}

/// A page whose form may lead on to the client that waits for it.
pub(super) async fn leading_on(
    desk: &Desk,
    visit: &Visit,
    next: &str,
    mut response: Response,
) -> Response {
    let next = Fields::parse(next.as_bytes());
    let target = (next.text("client_id"), next.text("redirect_uri"));
    let is_registered = redirects_to(&desk.site.app, &visit.actor, target).await;
    if let (Ok(true), Some(policy)) = (is_registered, policy_towards(target.1)) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
