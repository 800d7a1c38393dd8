//! The pages: what each shows. Their texts are in `locales/`, their shape in `templates/`.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use authz::Role;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use uow::StoreError;

use super::browser::Visit;
use super::form::encode;
use super::words::Words;
use crate::application::ports::Enrolment;

/// What every page has.
pub(super) struct Frame {
    /// The language of the page.
    pub words: Words,
    /// The token of its forms.
    pub csrf: String,
    /// The query of `/oauth2/authorize` that goes on after signing in; empty where there is none.
    pub next: String,
}

/// Asks for address and password.
#[derive(Template, WebTemplate)]
#[template(path = "sign_in.html")]
pub(super) struct SignIn {
    pub frame: Frame,
    /// As it was given before.
    pub email: String,
    /// The key of what went wrong.
    pub error: Option<&'static str>,
    /// Whether the person comes from registering.
    pub has_registered: bool,
}

/// Asks for what an account needs.
#[derive(Template, WebTemplate)]
#[template(path = "register.html")]
pub(super) struct Register {
    pub frame: Frame,
    /// As it was given before.
    pub email: String,
    /// Of the account.
    pub language: Words,
    /// As it was chosen before.
    pub is_investor: bool,
    /// As it was chosen before.
    pub is_owner: bool,
    /// The field that can't be taken and the key of why.
    pub error: Option<(&'static str, &'static str)>,
}

/// Says who is signed in and lets them sign out.
#[derive(Template, WebTemplate)]
#[template(path = "signed_in.html")]
pub(super) struct SignedIn {
    pub frame: Frame,
    /// Whose account it is.
    pub email: String,
    /// What the person is here.
    pub held: Vec<Role>,
    /// Whether their second factor is on.
    pub has_totp: bool,
    /// Where the API can be tried.
    pub explorer: Option<String>,
}

/// Asks for the code of the second factor.
#[derive(Template, WebTemplate)]
#[template(path = "code.html")]
pub(super) struct Code {
    pub frame: Frame,
    /// Whether one was given and not taken.
    pub was_wrong: bool,
}

/// Shows a second factor to take, or says that there is one.
#[derive(Template, WebTemplate)]
#[template(path = "second_factor.html")]
pub(super) struct SecondFactor {
    pub frame: Frame,
    /// The one to take, and whether the person's roles rest on it.
    pub enrolment: Option<(Enrolment, bool)>,
    /// Whether a code was given and not taken.
    pub was_wrong: bool,
}

/// Shows the recovery codes, once.
#[derive(Template, WebTemplate)]
#[template(path = "codes.html")]
pub(super) struct Codes {
    pub frame: Frame,
    pub codes: Vec<String>,
    /// Where the person goes on.
    pub onward: String,
}

/// Says why there is nothing else to see.
#[derive(Template, WebTemplate)]
#[template(path = "message.html")]
pub(super) struct Message {
    frame: Frame,
    title: String,
    text: String,
}

impl Frame {
    /// For a visit that goes on there afterwards.
    pub(super) fn new(visit: &Visit, next: &str) -> Self {
        Self {
            words: visit.words,
            csrf: visit.csrf(),
            next: next.to_owned(),
        }
    }

    /// Another page of ours that goes on as this one, in its language.
    fn link(&self, path: &str) -> String {
        self.link_in(path, self.words)
    }

    fn link_in(&self, path: &str, words: Words) -> String {
        let query = encode(&[("lang", words.code()), ("next", &self.next)]);
        format!("{path}?{query}")
    }

    fn say(&self, key: &str) -> String {
        self.words.say(key)
    }
}

impl Register {
    /// Why this field can't be taken.
    fn error_of(&self, field: &str) -> Option<String> {
        let (wrong, key) = self.error?;
        (wrong == field).then(|| self.frame.say(key))
    }
}

impl SignedIn {
    fn roles(&self) -> String {
        let say = |role: &Role| self.frame.say(&format!("role-name-{role}"));
        self.held.iter().map(say).collect::<Vec<_>>().join(" · ")
    }
}

impl Message {
    /// The texts `<key>-title` and `<key>-text`.
    pub(super) fn new(visit: &Visit, key: &str) -> Self {
        Self {
            frame: Frame::new(visit, ""),
            title: visit.words.say(&format!("{key}-title")),
            text: visit.words.say(&format!("{key}-text")),
        }
    }
}

/// Too many tries.
pub(super) fn slow_down(visit: &Visit, wait: Duration) -> Response {
    let seconds = (wait.as_secs() + 1).to_string();
    let page = Message::new(visit, "slow-down");
    let retry = [(header::RETRY_AFTER, seconds)];
    (StatusCode::TOO_MANY_REQUESTS, retry, page).into_response()
}

/// A form that is not one of ours, or one from before signing in or out.
pub(super) fn foreign_form(visit: &Visit) -> Response {
    let page = Message::new(visit, "foreign-form");
    (StatusCode::FORBIDDEN, visit.cookies(), page).into_response()
}

/// What the store could not do, told without details.
pub(super) fn failed(visit: &Visit, err: &StoreError) -> Response {
    log(err);
    unavailable(visit)
}

/// Try again.
pub(super) fn unavailable(visit: &Visit) -> Response {
    let page = Message::new(visit, "unavailable");
    let retry = [(header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, retry, page).into_response()
}

/// A fault goes to the log, with its causes; a conflict is none.
pub(super) fn log(err: &StoreError) {
    if !matches!(err, StoreError::Conflict) {
        let error = err as &dyn std::error::Error;
        tracing::error!(error, "the store failed");
    }
}

/// `GET /auth.css`.
pub(super) async fn stylesheet() -> Response {
    let css = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    let cache = (header::CACHE_CONTROL, "public, max-age=3600");
    let sheet = look::stylesheet(include_str!("../../../assets/auth.css"));
    ([css, cache], sheet).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(words: Words) -> Frame {
        Frame {
            words,
            csrf: "token".to_owned(),
            next: "client_id=<fondeo>&state=\"x\"".to_owned(),
        }
    }

    impl SignIn {
        fn sample(words: Words) -> Self {
            Self {
                frame: frame(words),
                email: "<ana@example.org>".to_owned(),
                error: Some("wrong-credentials"),
                has_registered: true,
            }
        }
    }

    impl Register {
        fn sample(words: Words, error: (&'static str, &'static str)) -> Self {
            Self {
                frame: frame(words),
                email: "ana@example.org".to_owned(),
                language: words,
                is_investor: true,
                is_owner: false,
                error: Some(error),
            }
        }
    }

    impl SignedIn {
        fn sample(words: Words) -> Self {
            Self {
                frame: frame(words),
                email: "ana@example.org".to_owned(),
                held: vec![
                    Role::Investor,
                    Role::Owner,
                    Role::Admin,
                    Role::Treasurer,
                    Role::Auditor,
                ],
                has_totp: words == Words::Es,
                explorer: Some("/graphql".to_owned()),
            }
        }
    }

    impl SecondFactor {
        fn sample(words: Words, must: Option<bool>) -> Self {
            let enrolment = Enrolment {
                sealed: "sealed".to_owned(),
                secret: "ABCD".to_owned(),
                picture: "<svg></svg>".to_owned(),
            };
            Self {
                frame: frame(words),
                enrolment: must.map(|must| (enrolment, must)),
                was_wrong: true,
            }
        }
    }

    impl Message {
        fn sample(words: Words, key: &str) -> Self {
            Self {
                frame: frame(words),
                title: words.say(&format!("{key}-title")),
                text: words.say(&format!("{key}-text")),
            }
        }
    }

    #[test]
    fn every_page_speaks_both_languages_and_shows_no_key_and_no_markup_of_others() {
        for words in [Words::Es, Words::En] {
            let mut pages = vec![
                SignIn::sample(words).render().unwrap(),
                SignedIn::sample(words).render().unwrap(),
                Code {
                    frame: frame(words),
                    was_wrong: true,
                }
                .render()
                .unwrap(),
                Codes {
                    frame: frame(words),
                    codes: vec!["ABCD-EFGH".to_owned()],
                    onward: "/sign-in".to_owned(),
                }
                .render()
                .unwrap(),
            ];
            for must in [None, Some(true), Some(false)] {
                pages.push(SecondFactor::sample(words, must).render().unwrap());
            }
            for error in [
                ("email", "malformed-email"),
                ("password", "password-too-short"),
                ("password", "password-too-long"),
                ("password", "password-guessable"),
                ("language", "unknown-language"),
                ("role", "role-required"),
            ] {
                let page = Register::sample(words, error).render().unwrap();
                let text = words.say(error.1);
                assert!(page.contains(&text.replace('\'', "&#39;")), "{text}");
                pages.push(page);
            }
            for key in [
                "wrong-client",
                "slow-down",
                "foreign-form",
                "unavailable",
                "totp-removed",
                "not-fresh",
            ] {
                pages.push(Message::sample(words, key).render().unwrap());
            }
            for page in pages {
                assert!(!page.contains('⟦'), "{page}");
                assert!(page.contains(&format!("<html lang=\"{}\">", words.code())));
                assert!(!page.contains("<fondeo>") && !page.contains("<ana@"));
                assert!(!page.contains("<script") && !page.contains("style=\""));
            }
        }
    }
}
