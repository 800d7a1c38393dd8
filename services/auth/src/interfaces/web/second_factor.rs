//! The second factor, by form: shown at sign-in, taken, and given up.

use std::sync::Arc;

use axum::extract::{RawForm, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::browser::Visit;
use super::form::{Fields, encode};
use super::pages::{self, Code, Codes, Frame, Message, SecondFactor};
use super::sign_in::{leading_on, onward};
use super::site::Desk;
use crate::application::enroll_totp::{TotpError, enroll_totp, offer_totp, remove_totp};
use crate::application::enter_code::{EnterCodeError, awaited, enter_code};

/// `GET /sign-in/code`.
pub(super) async fn code_page(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    ask_code(&desk, &visit, fields.text("next"), false).await
}

/// `POST /sign-in/code`.
pub(super) async fn code(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    if !visit.is_our_form(&fields) {
        return pages::foreign_form(&visit);
    }
    let next = fields.text("next");
    let browser = visit.browser.as_deref().unwrap_or_default();
    let (app, actor) = (&desk.site.app, &visit.actor);
    let user = match awaited(app, actor, browser).await {
        Ok(Some(user)) => user,
        Ok(None) => return sign_in_first(&visit, next),
        Err(err) => return pages::failed(&visit, &err),
    };
    if let Err(wait) = desk.limits.take_code(&visit.source, &user.to_string()) {
        return pages::slow_down(&visit, wait);
    }
    let device = visit.device.as_str();
    match enter_code(app, actor, (browser, device), fields.text("code")).await {
        Ok(()) => {
            desk.limits.forget_code(&visit.source, &user.to_string());
            (visit.cookies(), Redirect::to(&onward(&visit, next))).into_response()
        }
        Err(EnterCodeError::WrongCode) => ask_code(&desk, &visit, next, true).await,
        Err(EnterCodeError::NothingAwaited) => sign_in_first(&visit, next),
        Err(EnterCodeError::Store(err)) => pages::failed(&visit, &err),
    }
}

async fn ask_code(desk: &Desk, visit: &Visit, next: &str, was_wrong: bool) -> Response {
    let page = Code {
        frame: Frame::new(visit, next),
        was_wrong,
    };
    form(desk, visit, (next, was_wrong), page).await
}

/// A page with a form, the first time or again after a wrong code.
async fn form(
    desk: &Desk,
    visit: &Visit,
    (next, was_wrong): (&str, bool),
    page: impl IntoResponse,
) -> Response {
    let status = if was_wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let response = (status, visit.cookies(), page).into_response();
    leading_on(desk, visit, next, response).await
}

fn sign_in_first(visit: &Visit, next: &str) -> Response {
    let query = encode(&[("lang", visit.words.code()), ("next", next)]);
    (visit.cookies(), Redirect::to(&format!("/sign-in?{query}"))).into_response()
}

/// `GET /second-factor`: one to take, or how to give the present one up.
pub(super) async fn page(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    offer(&desk, &visit, fields.text("next"), false).await
}

async fn offer(desk: &Desk, visit: &Visit, next: &str, was_wrong: bool) -> Response {
    let browser = visit.browser.as_deref().unwrap_or_default();
    let enrolment = match offer_totp(&desk.site.app, &visit.actor, browser).await {
        Ok((account, enrolment)) => {
            let must = account.roles.iter().any(|role| role.needs_otp());
            Some((enrolment, must))
        }
        Err(TotpError::Enrolled) => None,
        Err(err) => return refused(visit, next, &err),
    };
    let page = SecondFactor {
        frame: Frame::new(visit, next),
        enrolment,
        was_wrong,
    };
    form(desk, visit, (next, was_wrong), page).await
}

/// `POST /second-factor`: takes it, and shows the recovery codes once.
pub(super) async fn enroll(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    if !visit.is_our_form(&fields) {
        return pages::foreign_form(&visit);
    }
    let next = fields.text("next");
    let browser = visit.browser.as_deref().unwrap_or_default();
    let shown = (fields.text("sealed"), fields.text("code"));
    match enroll_totp(&desk.site.app, &visit.actor, browser, shown).await {
        Ok(codes) => {
            let page = Codes {
                frame: Frame::new(&visit, next),
                codes,
                onward: onward(&visit, next),
            };
            (visit.cookies(), page).into_response()
        }
        Err(TotpError::WrongCode) => offer(&desk, &visit, next, true).await,
        Err(err) => refused(&visit, next, &err),
    }
}

/// `POST /second-factor/remove`.
pub(super) async fn remove(
    State(desk): State<Arc<Desk>>,
    visit: Visit,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    if !visit.is_our_form(&fields) {
        return pages::foreign_form(&visit);
    }
    let browser = visit.browser.as_deref().unwrap_or_default();
    match remove_totp(&desk.site.app, &visit.actor, browser).await {
        Ok(()) => {
            let page = Message::new(&visit, "totp-removed");
            (visit.cookies(), page).into_response()
        }
        Err(err) => refused(&visit, "", &err),
    }
}

fn refused(visit: &Visit, next: &str, err: &TotpError) -> Response {
    match err {
        TotpError::SignInFirst => sign_in_first(visit, next),
        TotpError::NotFresh => {
            let page = Message::new(visit, "not-fresh");
            (StatusCode::FORBIDDEN, visit.cookies(), page).into_response()
        }
        TotpError::Enrolled | TotpError::WrongCode => pages::foreign_form(visit),
        TotpError::Store(err) => pages::failed(visit, err),
    }
}
