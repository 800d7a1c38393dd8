//! Opening an account, by form.

use std::sync::Arc;
use std::time::Duration;

use authz::Role;
use axum::extract::{RawForm, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::time::{Instant, sleep_until};

use super::browser::Visit;
use super::form::{Fields, encode};
use super::pages::{self, Frame, Register as Page};
use super::site::Desk;
use super::words::Words;
use crate::application::register::{Register, RegisterError, register as open};
use crate::domain::PasswordRefusal;

/// Answers leave at whole multiples of it, so that the few milliseconds that a new account costs
/// more than a taken address are not seen.
const TICK: Duration = Duration::from_millis(200);

/// `GET /register`.
pub(super) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let page = Page {
        frame: Frame::new(&visit, fields.text("next")),
        email: String::new(),
        language: visit.words,
        is_investor: false,
        is_owner: false,
        error: None,
    };
    (visit.cookies(), page).into_response()
}

/// `POST /register`: leads to the sign-in page, whether or not the address had an account.
pub(super) async fn register(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawForm(body): RawForm,
) -> Response {
    let began = Instant::now();
    let fields = Fields::parse(&body);
    if !visit.is_our_form(&fields) {
        return pages::foreign_form(&visit);
    }
    if let Err(wait) = desk.limits.take(&visit.source, fields.text("email")) {
        return pages::slow_down(&visit, wait);
    }
    let chosen = fields.all("role");
    let cmd = Register {
        email: fields.text("email").to_owned(),
        password: fields.text("password").to_owned(),
        language: fields.text("language").to_owned(),
        // A name that is no role is as little open to choice as the others.
        roles: chosen
            .iter()
            .map(|role| role.parse().unwrap_or(Role::Auditor))
            .collect(),
    };
    let answer = open(&desk.site.app, &visit.actor, cmd).await;
    let ticks = began.elapsed().as_millis() / TICK.as_millis() + 1;
    sleep_until(began + TICK * u32::try_from(ticks).unwrap_or(1)).await;

    let error = match answer {
        Ok(()) => {
            let lang = visit.words.code();
            let next = fields.text("next");
            let query = encode(&[("registered", "1"), ("lang", lang), ("next", next)]);
            let target = Redirect::to(&format!("/sign-in?{query}"));
            return (visit.cookies(), target).into_response();
        }
        Err(RegisterError::Store(err)) => return pages::failed(&visit, &err),
        Err(RegisterError::MalformedEmail) => ("email", "malformed-email"),
        Err(RegisterError::UnknownLanguage) => ("language", "unknown-language"),
        Err(RegisterError::RoleNotOpen) => ("role", "role-required"),
        Err(RegisterError::Password(refusal)) => ("password", text_of(refusal)),
    };
    let has = |role: &str| chosen.iter().any(|name| name == role);
    let page = Page {
        frame: Frame::new(&visit, fields.text("next")),
        email: fields.text("email").to_owned(),
        language: Words::among(fields.text("language")).unwrap_or(visit.words),
        is_investor: has("INVESTOR"),
        is_owner: has("OWNER"),
        error: Some(error),
    };
    (StatusCode::UNPROCESSABLE_ENTITY, visit.cookies(), page).into_response()
}

fn text_of(refusal: PasswordRefusal) -> &'static str {
    match refusal {
        PasswordRefusal::TooShort => "password-too-short",
        PasswordRefusal::TooLong => "password-too-long",
        PasswordRefusal::Guessable => "password-guessable",
    }
}
