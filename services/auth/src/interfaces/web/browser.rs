//! The browser that is asking: where it comes from, its language, its cookies, and the proof that
//! a form is one of ours.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use authz::{Actor, Subject};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::EventId;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::form::Fields;
use super::site::Desk;
use super::words::Words;

const SIGN_IN: &str = "fondeo-sign-in";
const FORM: &str = "fondeo-form";
const DEVICE: &str = "fondeo-device";
/// A browser that was not used for so long is a new one.
const DEVICE_LIFE: time::Duration = time::Duration::days(365);

/// One request of a browser.
pub(super) struct Visit {
    /// Nobody yet, for the operator whose site it is.
    pub actor: Actor,
    /// Where the call comes from, for the limits.
    pub source: String,
    /// The language that was asked for.
    pub words: Words,
    /// Whether by a click or a parameter, not by the browser's habit.
    pub chose_language: bool,
    /// The secret of the sign-in cookie.
    pub browser: Option<String>,
    /// The secret of the browser itself, which outlives sign-ins.
    pub device: String,
    /// Whether it brought that secret along.
    pub has_device: bool,
    form: String,
    jar: CookieJar,
    is_secure: bool,
}

impl FromRequestParts<Arc<Desk>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Infallible> {
        let site = &desk.site;
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let chosen =
            Words::among(query.text("lang")).or_else(|| Words::among(query.text("ui_locales")));
        let is_secure = site.secure_cookies;
        let mut jar = CookieJar::from_headers(&parts.headers);
        let held = |name| {
            let cookie = jar.get(&full_name(name, is_secure))?;
            Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
        };
        let (browser, form, device) = (held(SIGN_IN), held(FORM), held(DEVICE));
        let has_device = device.is_some();
        let device = device.unwrap_or_else(|| site.app.vault.secret());
        let form = form.unwrap_or_else(|| {
            let secret = site.app.vault.secret();
            jar = jar.clone().add(cookie(FORM, &secret, is_secure));
            secret
        });
        Ok(Self {
            actor: Actor {
                tenant: site.tenant,
                subject: Subject::Anonymous,
                roles: Vec::new(),
                auth_time: None,
                correlation: Uuid::from(EventId::new()),
            },
            source: source(parts),
            words: chosen
                .or_else(|| accepted(&parts.headers))
                .unwrap_or(Words::En),
            chose_language: chosen.is_some(),
            browser,
            device,
            has_device,
            form,
            jar,
            is_secure,
        })
    }
}

impl Visit {
    /// The token of this browser's forms: only a page of ours can know it, because only we see the
    /// cookies that it is made of.
    pub(super) fn csrf(&self) -> String {
        let made = Sha256::new()
            .chain_update("fondeo form\0")
            .chain_update(&self.form)
            .chain_update("\0")
            .chain_update(self.browser.as_deref().unwrap_or_default())
            .finalize();
        URL_SAFE_NO_PAD.encode(made)
    }

    /// Whether the form was ours.
    pub(super) fn is_our_form(&self, fields: &Fields) -> bool {
        let given = fields.text("csrf").as_bytes();
        self.csrf().as_bytes().ct_eq(given).into()
    }

    /// The cookies to send along: the form's, where the browser had none.
    pub(super) fn cookies(&self) -> CookieJar {
        self.jar.clone()
    }

    /// The same, and the browser is signed in and will be known again; a form that was open before
    /// is no longer ours.
    pub(super) fn signed_in(&self, secret: &str) -> CookieJar {
        let mut device = cookie(DEVICE, &self.device, self.is_secure);
        device.set_max_age(DEVICE_LIFE);
        let session = cookie(SIGN_IN, secret, self.is_secure);
        self.cookies().add(session).add(device)
    }

    /// The same, and the browser is not signed in.
    pub(super) fn signed_out(&self) -> CookieJar {
        let mut gone = cookie(SIGN_IN, "", self.is_secure);
        gone.make_removal();
        self.cookies().add(gone)
    }
}

fn full_name(name: &str, is_secure: bool) -> String {
    let prefix = if is_secure { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

/// Ends with the browser; no script sees it, no other site sends it along with a form.
fn cookie(name: &str, value: &str, is_secure: bool) -> Cookie<'static> {
    Cookie::build((full_name(name, is_secure), value.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure)
        .build()
}

fn accepted(headers: &HeaderMap) -> Option<Words> {
    Words::among(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// The peer's address, of an IPv6 address the network. A header is nobody's word.
fn source(parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    match peer.map(|ConnectInfo(peer)| peer.ip().to_canonical()) {
        Some(IpAddr::V4(ip)) => ip.to_string(),
        Some(IpAddr::V6(ip)) => format!("{:x?}", &ip.segments()[..4]),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secure_cookie_is_bound_to_its_host_and_a_plain_one_says_so_by_its_name() {
        assert_eq!(
            cookie(SIGN_IN, "x", true).to_string(),
            "__Host-fondeo-sign-in=x; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert_eq!(
            cookie(SIGN_IN, "x", false).to_string(),
            "fondeo-sign-in=x; HttpOnly; SameSite=Lax; Path=/"
        );
    }
}
