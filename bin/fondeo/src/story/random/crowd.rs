//! The people of the walks: the demo's staff, and owners and investors of the walks' own.

use std::collections::HashMap;

use anyhow::Context as _;
use authz::Role;
use reqwest::Url;
use uuid::Uuid;

use super::super::api::Api;
use super::super::people::People;
use super::super::scenario::Person;
use super::super::sign_in::http;

/// Everybody, signed in.
pub struct Crowd {
    /// The API, patient with a platform that is gone for a while.
    pub api: Api,
    people: People,
    cast: Vec<Person>,
    tokens: HashMap<String, String>,
    users: HashMap<String, Uuid>,
}

/// The administrators.
pub const ADMINS: [&str; 2] = ["patricia.vargas", "andres.molina"];
/// The treasurer.
pub const TREASURER: &str = "elena.rios";

impl Crowd {
    /// So many owners and investors register and sign in, and agree to the texts.
    pub async fn gather(url: &str, owners: usize, investors: usize) -> anyhow::Result<Self> {
        let base = Url::parse(url).context("no address")?;
        let http = http()?;
        let api = Api::new(http.clone(), &base)?.patient();
        let staff = ADMINS.map(|name| (name.to_owned(), Role::Admin));
        let staff = staff
            .into_iter()
            .chain([(TREASURER.to_owned(), Role::Treasurer)]);
        let owners = (0..owners).map(|at| (format!("owner{at}"), Role::Owner));
        let investors = (0..investors).map(|at| (format!("investor{at}"), Role::Investor));
        let all = staff.chain(owners).chain(investors);
        let cast: Vec<Person> = all.map(|(id, role)| person(id, role)).collect();
        let mut people = People::new(http, base, "walk".to_owned());
        people.gather(&cast, &api).await?;
        let mut users = HashMap::new();
        for one in &cast {
            users.insert(one.id.clone(), people.get(&one.id)?.user.parse()?);
        }
        let mut crowd = Self {
            api,
            people,
            cast,
            tokens: HashMap::new(),
            users,
        };
        crowd.stay_fresh().await?;
        Ok(crowd)
    }

    /// Whoever signed in some minutes ago does it again: decisions about money want that.
    pub async fn stay_fresh(&mut self) -> anyhow::Result<()> {
        for one in &self.cast {
            let token = self.people.token(&one.id).await?;
            self.tokens.insert(one.id.clone(), token);
        }
        Ok(())
    }

    /// A token of this person.
    pub fn token(&self, name: &str) -> anyhow::Result<&str> {
        let token = self.tokens.get(name);
        Ok(token.with_context(|| format!("{name} is not signed in"))?)
    }

    /// Who it is on the platform.
    pub fn user(&self, name: &str) -> Uuid {
        self.users.get(name).copied().unwrap_or_default()
    }

    /// Whose id it is.
    pub fn name(&self, user: Uuid) -> Option<&str> {
        let found = self.users.iter().find(|(_, own)| **own == user);
        found.map(|(name, _)| name.as_str())
    }

    /// Everybody with that role.
    pub fn all(&self, role: Role) -> Vec<String> {
        let has = self.cast.iter().filter(|one| one.roles.contains(&role));
        has.map(|one| one.id.clone()).collect()
    }
}

/// The bank's name for the first money of this person.
pub fn first_reference(name: &str, currency: &str) -> String {
    format!("first-{name}-{currency}")
}

fn person(id: String, role: Role) -> Person {
    Person {
        name: id.clone(),
        email: id.clone(),
        id,
        country: "CO".to_owned(),
        language: "es".to_owned(),
        roles: vec![role],
    }
}
