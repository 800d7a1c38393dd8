//! A person at a browser: registers through the page, signs in by OAuth 2 with a code and PKCE, and
//! gets a token, as any program of an investor would.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Url, redirect};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::html::{self, Form};
use crate::platform::{CLIENT, REDIRECT, demo_totp};

/// How long a code of a second factor lasts.
const CODE_SECONDS: u64 = 30;
/// A sign-in that goes round in circles is none.
const HOPS_MAX: usize = 12;

/// What somebody registers with.
pub struct Registration<'a> {
    /// The address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// `es` or `en`.
    pub language: &'a str,
    /// `INVESTOR` or `OWNER`.
    pub role: &'a str,
}

/// One person's browser: its cookies are nobody else's.
pub struct Browser {
    http: Client,
    base: Url,
    cookies: BTreeMap<String, String>,
}

struct Page {
    url: Url,
    status: u16,
    location: Option<Url>,
    body: String,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
}

/// An HTTP client that follows nothing by itself.
pub fn http() -> anyhow::Result<Client> {
    Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(redirect::Policy::none())
        .build()
        .context("no HTTP client")
}

impl Browser {
    /// With no cookies yet.
    pub fn new(http: Client, base: Url) -> Self {
        let cookies = BTreeMap::new();
        Self {
            http,
            base,
            cookies,
        }
    }

    /// Fills in the registration page.
    pub async fn register(&mut self, who: &Registration<'_>) -> anyhow::Result<()> {
        let page = self.get(self.base.join("register")?).await?;
        let form = form_with(&page, &["email", "password"]).context("the registration page")?;
        let filled = form.filled(&[
            ("email", who.email),
            ("password", who.password),
            ("language", who.language),
            ("role", who.role),
        ]);
        let answer = self.submit(&page, &form, &filled).await?;
        let alert = html::alert(&answer.body);
        ensure!(
            (200..400).contains(&answer.status) && alert.is_none(),
            "{} was not registered ({}): {}",
            who.email,
            answer.status,
            alert.unwrap_or_default()
        );
        Ok(())
    }

    /// Signs in and exchanges the code: an access token.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> anyhow::Result<String> {
        let discovery = self.base.join(".well-known/openid-configuration")?;
        let page = self.get(discovery).await?;
        let server: Discovery = serde_json::from_str(&page.body).context("the discovery page")?;
        let (verifier, state) = (secret()?, secret()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let redirect = REDIRECT.replace("127.0.0.1", "127.0.0.1:49152");
        let asked = Url::parse_with_params(
            &server.authorization_endpoint,
            [
                ("response_type", "code"),
                ("client_id", CLIENT),
                ("redirect_uri", &redirect),
                ("scope", "openid fondeo"),
                ("state", &state),
                ("nonce", &secret()?),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ],
        )?;
        let answered = self.until_answered(asked, (email, password)).await?;
        let answer: BTreeMap<_, _> = answered.query_pairs().collect();
        ensure!(
            answer.get("state").is_some_and(|s| *s == state),
            "another state came back"
        );
        ensure!(
            answer.get("iss").is_some_and(|iss| *iss == server.issuer),
            "another issuer answered"
        );
        let code = answer
            .get("code")
            .with_context(|| format!("no code, but {:?}", answer.get("error")))?;
        let exchange = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("code", code),
            ("redirect_uri", &redirect),
            ("code_verifier", &verifier),
        ];
        let response = self
            .http
            .post(&server.token_endpoint)
            .form(&exchange)
            .send()
            .await?;
        let status = response.status();
        let body = response.text().await?;
        ensure!(
            status.is_success(),
            "no token for {email} ({status}): {body}"
        );
        let tokens: TokenAnswer = serde_json::from_str(&body).context("the token's answer")?;
        Ok(tokens.access_token)
    }

    /// Follows the pages from the request to the answer, giving the password where it is asked.
    async fn until_answered(
        &mut self,
        asked: Url,
        (email, password): (&str, &str),
    ) -> anyhow::Result<Url> {
        let mut page = self.get(asked).await?;
        let mut has_signed_in = false;
        for _ in 0..HOPS_MAX {
            if let Some(next) = page.location.take() {
                if next.as_str().starts_with("http://127.0.0.1:49152/") {
                    return Ok(next);
                }
                ensure!(next.origin() == self.base.origin(), "sent away to {next}");
                page = self.get(next).await?;
                continue;
            }
            if let Ok(form) = form_with(&page, &["code"]) {
                page = self.show_code(&page, &form, email).await?;
                continue;
            }
            if has_signed_in {
                bail!(
                    "{email} was not signed in ({}): {}",
                    page.status,
                    html::alert(&page.body).unwrap_or_default()
                );
            }
            let form = form_with(&page, &["email", "password"])
                .with_context(|| format!("no page to sign in ({})", page.status))?;
            let filled = form.filled(&[("email", email), ("password", password)]);
            page = self.submit(&page, &form, &filled).await?;
            has_signed_in = true;
        }
        bail!("{email} was not signed in after {HOPS_MAX} pages")
    }

    /// Shows the second factor of one of a demo's people. A code is good once: where somebody was
    /// faster with it, the next one's is shown, and then the one after.
    async fn show_code(&mut self, page: &Page, form: &Form, email: &str) -> anyhow::Result<Page> {
        let mut step = code_step();
        loop {
            let code = demo_code(email, step)?;
            let answer = self
                .submit(page, form, &form.filled(&[("code", &code)]))
                .await?;
            if answer.location.is_some() {
                return Ok(answer);
            }
            ensure!(
                step < code_step() + 2,
                "{email}: no code was taken ({}): {}",
                answer.status,
                html::alert(&answer.body).unwrap_or_default()
            );
            step += 1;
            // One step ahead of the clock is still taken.
            while step > code_step() + 1 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn get(&mut self, url: Url) -> anyhow::Result<Page> {
        self.send(Method::GET, url, None).await
    }

    async fn submit(
        &mut self,
        page: &Page,
        form: &Form,
        filled: &[(String, String)],
    ) -> anyhow::Result<Page> {
        let to = page.url.join(&form.action)?;
        self.send(Method::POST, to, Some(filled)).await
    }

    async fn send(
        &mut self,
        method: Method,
        url: Url,
        fields: Option<&[(String, String)]>,
    ) -> anyhow::Result<Page> {
        let mut request = self.http.request(method, url.clone());
        if !self.cookies.is_empty() {
            let all: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, all.join("; "));
        }
        if let Some(fields) = fields {
            request = request
                .header("origin", self.base.origin().ascii_serialization())
                .form(fields);
        }
        let response = request.send().await.with_context(|| format!("{url}"))?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.keep(cookie.to_str().context("a cookie")?);
        }
        let location = response.headers().get(LOCATION);
        let location = location
            .map(|to| anyhow::Ok(url.join(to.to_str()?)?))
            .transpose()
            .context("where the page leads")?;
        Ok(Page {
            status: response.status().as_u16(),
            location,
            body: response.text().await?,
            url,
        })
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let is_over = parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
        if is_over || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn form_with(page: &Page, names: &[&str]) -> anyhow::Result<Form> {
    let found = html::forms(&page.body)
        .into_iter()
        .find(|form| form.has(names));
    found.with_context(|| {
        format!(
            "{} ({}) has no form with {}",
            page.url.path(),
            page.status,
            names.join(", ")
        )
    })
}

/// Of RFC 6238, now.
pub fn code_step() -> u64 {
    clock::real_now().unix_timestamp().unsigned_abs() / CODE_SECONDS
}

/// The code of one of a demo's people in a step.
pub fn demo_code(email: &str, step: u64) -> anyhow::Result<String> {
    let secret = demo_totp(email);
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let totp = totp.map_err(|error| anyhow!("no second factor: {error}"))?;
    Ok(totp.generate(step * CODE_SECONDS).to_string())
}

/// 256 bits that nobody can guess.
fn secret() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .context("the system gives no random bytes")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
