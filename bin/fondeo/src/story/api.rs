//! The public API as a program sees it: GraphQL over HTTP, refusals as answers.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use reqwest::{Client, Url};
use serde_json::{Value, json};

/// A rule's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The stable code.
    pub code: String,
    message: String,
    args: Vec<(String, String)>,
}

impl Refused {
    /// Of a payload; nothing where no rule said no.
    pub fn read(refusal: &Value) -> Option<Self> {
        let code = refusal["code"].as_str()?.to_owned();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let args = refusal["args"].as_array().into_iter().flatten();
        Some(Self {
            code,
            message: text(&refusal["message"]),
            args: args
                .map(|arg| (text(&arg["name"]), text(&arg["value"])))
                .collect(),
        })
    }

    /// What the refusal names.
    pub fn arg(&self, name: &str) -> Option<&str> {
        let found = self.args.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

/// How long a platform may be gone.
const OUTAGE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// The API at one address.
pub struct Api {
    http: Client,
    endpoint: Url,
    patience: Duration,
}

impl Api {
    /// The API of the platform at `base`.
    pub fn new(http: Client, base: &Url) -> anyhow::Result<Self> {
        let endpoint = base.join("graphql")?;
        let patience = Duration::ZERO;
        Ok(Self {
            http,
            endpoint,
            patience,
        })
    }

    /// The same, of a platform that may be gone for a while: what gets no answer is sent again.
    /// That is safe: a read changes nothing, and a write has its key.
    pub fn patient(self) -> Self {
        Self {
            patience: OUTAGE,
            ..self
        }
    }

    /// Asks; the field's value, `null` where there is nothing or it may not be seen.
    pub async fn ask(&self, token: &str, field: &str, query: &str) -> anyhow::Result<Value> {
        let answer = self.send(token, json!({ "query": query })).await?;
        Ok(answer["data"][field].clone())
    }

    /// Asks for several fields at once: all of them by name.
    pub async fn ask_all(&self, token: &str, query: &str) -> anyhow::Result<Value> {
        Ok(self.send(token, json!({ "query": query })).await?["data"].take())
    }

    /// Does something: the payload, or the rule's no. `wanted` is what is selected of the payload.
    pub async fn act(
        &self,
        token: &str,
        name: &str,
        input: Value,
        wanted: &str,
    ) -> anyhow::Result<Result<Value, Refused>> {
        let (initial, rest) = name.split_at(1);
        let kind = format!("{}{rest}Input", initial.to_ascii_uppercase());
        let query = format!(
            "mutation Step($input: {kind}!) {{ {name}(input: $input) {{ \
             refusal {{ code message args {{ name value }} }} {wanted} }} }}"
        );
        let body = json!({ "query": query, "variables": { "input": input } });
        let mut answer = self.send(token, body).await?;
        if let Some(error) = answer["errors"].get(0) {
            bail!("{name}: {error}");
        }
        let payload = answer["data"][name].take();
        match Refused::read(&payload["refusal"]) {
            None => Ok(Ok(payload)),
            Some(refused) => Ok(Err(refused)),
        }
    }

    async fn send(&self, token: &str, body: Value) -> anyhow::Result<Value> {
        let begun = Instant::now();
        loop {
            match self.send_once(token, &body).await {
                Err(_) if begun.elapsed() < self.patience => tokio::time::sleep(PAUSE).await,
                answer => return answer,
            }
        }
    }

    async fn send_once(&self, token: &str, body: &Value) -> anyhow::Result<Value> {
        let response = self
            .http
            .post(self.endpoint.clone())
            .bearer_auth(token)
            .header("accept-language", "en")
            .header("x-fondeo-csrf", "1")
            .header("origin", self.endpoint.origin().ascii_serialization())
            .json(body)
            .send()
            .await?;
        let status = response.status();
        let text = response.text().await?;
        serde_json::from_str(&text)
            .with_context(|| format!("the API answered {status} and no JSON: {text}"))
    }
}
