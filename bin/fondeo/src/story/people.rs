//! The cast as they act: who they are on the platform, and their tokens, renewed before they end.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use futures::future::try_join_all;
use reqwest::{Client, Url};

use super::api::Api;
use super::scenario::Person;
use super::sign_in::{Browser, Registration};
use crate::platform::{DEMO_PASSWORD, email};

/// A token and the sign-in behind it are used this long: decisions about money want one of the last
/// five minutes.
const FRESH: Duration = Duration::from_mins(4);
const PASSWORD: &str = "cardamom-viaduct-71-story";

/// Somebody who is signed in.
pub struct Member {
    /// In the scenario.
    pub person: Person,
    /// On the platform.
    pub user: String,
    token: String,
    since: Instant,
}

/// Everybody, by their names in the scenario.
pub struct People {
    http: Client,
    base: Url,
    suffix: String,
    all: HashMap<String, Member>,
}

impl People {
    /// Nobody yet. `suffix` keeps one play's people apart from another's.
    pub fn new(http: Client, base: Url, suffix: String) -> Self {
        let all = HashMap::new();
        Self {
            http,
            base,
            suffix,
            all,
        }
    }

    /// Everybody registers, as far as they are not the platform's own, signs in, and agrees to the
    /// texts where money will be theirs.
    pub async fn gather(&mut self, cast: &[Person], api: &Api) -> anyhow::Result<()> {
        let each = cast.iter().map(|person| async {
            if !person.is_staff() {
                self.register(person).await?;
            }
            let token = self.sign_in(person).await?;
            if person.has_wallet() {
                consent(&token, api).await?;
            }
            let account = api
                .ask(&token, "account", "{ account { userId roles } }")
                .await?;
            let user = account["userId"]
                .as_str()
                .with_context(|| format!("{} is signed in, but has no account", person.name))?;
            let member = Member {
                person: person.clone(),
                user: user.to_owned(),
                token,
                since: Instant::now(),
            };
            anyhow::Ok((person.id.clone(), member))
        });
        let all = try_join_all(each).await?;
        self.all = all.into_iter().collect();
        ensure!(
            self.all.len() == cast.len(),
            "two of the cast have one name"
        );
        Ok(())
    }

    /// Their token, of a fresh sign-in.
    pub async fn token(&mut self, name: &str) -> anyhow::Result<String> {
        let member = self.get(name)?;
        if member.since.elapsed() < FRESH {
            return Ok(member.token.clone());
        }
        let person = member.person.clone();
        let token = self.sign_in(&person).await?;
        let member = self.all.get_mut(name).expect("was just found");
        member.token.clone_from(&token);
        member.since = Instant::now();
        Ok(token)
    }

    /// Who it is.
    pub fn get(&self, name: &str) -> anyhow::Result<&Member> {
        self.all
            .get(name)
            .with_context(|| format!("{name} is not of the cast"))
    }

    /// The scenario's name of a user.
    pub fn name_of(&self, user: &str) -> anyhow::Result<&str> {
        let found = self.all.values().find(|member| member.user == user);
        let found = found.with_context(|| format!("user {user} is not of the cast"))?;
        Ok(&found.person.id)
    }

    async fn register(&self, person: &Person) -> anyhow::Result<()> {
        let role = person.roles.first().context("somebody without a role")?;
        let registration = Registration {
            email: &self.address(person),
            password: self.password(person),
            language: &person.language,
            role: &role.to_string(),
        };
        self.browser().register(&registration).await
    }

    async fn sign_in(&self, person: &Person) -> anyhow::Result<String> {
        let password = self.password(person);
        let (mut browser, address) = (self.browser(), self.address(person));
        let signed_in = browser.sign_in(&address, password).await;
        signed_in.with_context(|| {
            let name = &person.name;
            format!("{name} could not sign in; the story needs a demo: fondeo up --demo")
        })
    }

    /// Without a suffix everybody is one of the demo's own people.
    fn is_demos(&self, person: &Person) -> bool {
        person.is_staff() || self.suffix.is_empty()
    }

    fn password(&self, person: &Person) -> &'static str {
        if self.is_demos(person) {
            DEMO_PASSWORD
        } else {
            PASSWORD
        }
    }

    fn address(&self, person: &Person) -> String {
        if self.is_demos(person) {
            email(&person.email)
        } else {
            email(&format!("{}.{}", person.email, self.suffix))
        }
    }

    fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.base.clone())
    }
}

/// Reads the texts in force and agrees to each.
async fn consent(token: &str, api: &Api) -> anyhow::Result<()> {
    let query = "{ consents { consent version textHash } }";
    let texts = api.ask(token, "consents", query).await?;
    let texts = texts.as_array().context("no texts to agree to")?;
    for text in texts {
        let mut input = text.clone();
        input["idempotencyKey"] = format!("{}-{}", text["consent"], text["version"]).into();
        let wanted = "consent { givenAt }";
        let given = api.act(token, "giveConsent", input, wanted).await?;
        if let Err(refused) = given {
            bail!("{} was refused: {refused}", text["consent"]);
        }
    }
    Ok(())
}
