//! The routes, and what every answer of theirs carries.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, header};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use ids::TenantId;
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::limits::Limits;
use super::{authorize, discovery, pages, register, second_factor, sign_in, token};
use crate::application::App;

/// No form is longer.
const BODY_BYTES_MAX: usize = 16 * 1_024;
/// How long a form may pause on its way.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// Nothing from elsewhere, no script, in no frame; the only picture is the tab's mark.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'; img-src 'self'";

/// What the pages stand on.
pub struct Site {
    /// The use cases.
    pub app: App,
    /// Whose people sign in here.
    pub tenant: TenantId,
    /// The public base URL without a slash at its end.
    pub issuer: String,
    /// Whether cookies are `__Host-` and `Secure`.
    pub secure_cookies: bool,
    /// Where people who are signed in can try the API; none in production.
    pub explorer: Option<String>,
}

/// The site, and how often it was asked.
pub(super) struct Desk {
    pub site: Site,
    pub limits: Limits,
}

/// All endpoints; no other path is answered.
pub fn router(site: Site) -> Router {
    let desk = Arc::new(Desk {
        site,
        limits: Limits::default(),
    });
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(discovery::document),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            get(discovery::document),
        )
        .route("/oauth2/jwks", get(discovery::jwks))
        .route("/oauth2/authorize", get(authorize::authorize))
        .route("/oauth2/token", post(token::token))
        .route("/oauth2/revoke", post(token::revoke))
        .route("/oauth2/introspect", post(token::introspect))
        .route("/oauth2/userinfo", get(token::userinfo))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route(
            "/sign-in/code",
            get(second_factor::code_page).post(second_factor::code),
        )
        .route(
            "/second-factor",
            get(second_factor::page).post(second_factor::enroll),
        )
        .route("/second-factor/remove", post(second_factor::remove))
        .route("/register", get(register::page).post(register::register))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/auth.css", get(pages::stylesheet))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_WITHIN))
        .layer(map_response_with_state(Arc::clone(&desk), closed))
        .with_state(desk)
}

/// What is not said otherwise is closed: no cache, no frame, no script, no referrer.
async fn closed(State(desk): State<Arc<Desk>>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut closed = vec![
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    if desk.site.secure_cookies {
        closed.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    }
    for (name, value) in closed {
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    response
}

/// The same, for a form whose answer leads to this registered address: browsers hold the redirect
/// after a form against the form's own policy.
pub(super) fn policy_towards(redirect_uri: &str) -> Option<HeaderValue> {
    let end = redirect_uri.find("://").map(|at| at + "://".len())?;
    let host = redirect_uri[end..].split(['/', '?', '#']).next()?;
    let origin = &redirect_uri[..end + host.len()];
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || b":/.-[]".contains(&c);
    if !origin.bytes().all(is_plain) {
        return None;
    }
    let policy = POLICY.replace(
        "form-action 'self'",
        &format!("form-action 'self' {origin}"),
    );
    HeaderValue::from_str(&policy).ok()
}
