//! The services put together, in the order of the call graph: a cycle cannot be built.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use auth::{ClientConfig, Keys, Scope};
use authz::{KeySource, Verifier};
use blob::Blobs;
use journal::Verification;
use pg::Database;
use service::Service;

use super::{DataFolder, Databases, Peers, people};
use crate::config::Settings;

/// The program's name among the sign-in clients: people on a command line, on a loopback address.
pub const CLIENT: &str = "fondeo-cli";
/// Where the answer of a sign-in goes; any port of this machine.
pub const REDIRECT: &str = "http://127.0.0.1/signed-in";

/// Where the gateway has GraphiQL in a demo.
const EXPLORER: &str = "/graphql";
/// Whom access tokens are for: this platform.
const AUDIENCE: &str = "fondeo";

/// Everything that answers calls, before any of it runs.
pub struct Composed {
    /// The services of this process, in the order of the call graph.
    pub services: Vec<Service>,
    /// How the gateway reaches all of them, when it stands here.
    pub links: Option<gateway::Links>,
    /// How they reach each other.
    pub peers: Peers,
}

/// What the parts are put together from.
pub struct Plan<'a> {
    /// The parts of this process, in the order of the call graph.
    pub parts: &'a [&'static str],
    /// Theirs.
    pub databases: &'a Databases,
    /// For first passwords, mails and the tenant.
    pub folder: &'a DataFolder,
    /// Images and documents.
    pub blobs: Blobs,
    /// Where Auth stands here.
    pub keys: Option<Keys>,
    /// Everything that was set.
    pub settings: &'a Settings,
    /// The address that people use.
    pub url: &'a str,
}

/// Puts the parts over their databases.
pub async fn compose(plan: Plan<'_>, mut peers: Peers) -> anyhow::Result<Composed> {
    let first = plan.parts.first().context("no part is named")?;
    let source = match &plan.keys {
        Some(keys) => known(keys),
        None => peers.keys(first)?,
    };
    let verifier = Arc::new(Verifier::new(plan.url, AUDIENCE, source));
    let mut services = Vec::new();
    for part in plan.parts.iter().filter(|part| **part != "gateway") {
        let service = plan.build(part, &verifier, &peers).await?;
        peers.add(&service);
        services.push(service);
    }
    let links = if plan.parts.contains(&"gateway") {
        let link = |to| peers.link(to, "gateway");
        Some(gateway::Links {
            auth: link("auth")?,
            users: link("users")?,
            projects: link("projects")?,
            participation: link("participation")?,
            accounting: link("accounting")?,
            notification: link("notification")?,
        })
    } else {
        None
    };
    Ok(Composed {
        services,
        links,
        peers,
    })
}

fn known(keys: &Keys) -> KeySource {
    let known = keys.jwks();
    Arc::new(move || {
        let known = known.clone();
        Box::pin(async move { Ok(known) })
    })
}

impl Plan<'_> {
    async fn build(
        &self,
        part: &'static str,
        verifier: &Arc<Verifier>,
        peers: &Peers,
    ) -> anyhow::Result<Service> {
        let database = self.databases.of(part);
        let database = database.with_context(|| format!("{part} has no database"))?;
        let (database, verifier) = (database.clone(), Arc::clone(verifier));
        Ok(match part {
            "auth" => auth::start(database, verifier, self.auth()?).await?,
            "users" => {
                let blobs = self.blobs.clone();
                users::start(database, verifier, users::Config { blobs })
            }
            "projects" => {
                let config = projects::Config {
                    demo_time: self.settings.demo,
                    blobs: self.blobs.clone(),
                };
                projects::start(database, verifier, config)
            }
            "participation" => participation::start(database, verifier),
            "accounting" => accounting::start(database, verifier),
            "notification" => {
                let config = notification::Config {
                    auth: peers.link("auth", "notification")?,
                    mail: self.folder.mail(),
                    from: self.settings.mail_from.clone(),
                };
                notification::start(database, verifier, config)
            }
            other => bail!("there is no service {other}"),
        })
    }

    fn auth(&self) -> anyhow::Result<auth::Config> {
        let keys = self.keys.clone().context("auth has no signing keys")?;
        Ok(auth::Config {
            issuer: self.url.to_owned(),
            tenant: self.folder.tenant,
            keys,
            clients: clients(self.settings, self.url),
            secure_cookies: self.url.starts_with("https://"),
            explorer: self.settings.demo.then(|| EXPLORER.to_owned()),
        })
    }
}

/// The programs that people sign in to: the command line, and in a demo GraphiQL.
fn clients(settings: &Settings, url: &str) -> Vec<ClientConfig> {
    let mut clients = vec![ClientConfig {
        id: CLIENT.to_owned(),
        secret: None,
        redirect_uris: vec![REDIRECT.to_owned()],
        scopes: vec![Scope::Openid, Scope::Fondeo, Scope::OfflineAccess],
    }];
    if settings.demo {
        clients.push(ClientConfig {
            id: "fondeo-graphiql".to_owned(),
            secret: None,
            redirect_uris: vec![format!("{url}{EXPLORER}")],
            scopes: vec![Scope::Openid, Scope::Fondeo],
        });
    }
    clients
}

/// Brings the accounts that the platform begins with; answers what to say about them.
pub(super) async fn seed(
    database: &Database,
    (folder, keys): (&DataFolder, &Keys),
    settings: &Settings,
) -> anyhow::Result<Option<String>> {
    if settings.demo {
        let accounts = people::demo(folder.tenant);
        auth::seed(database, keys, folder.tenant, &accounts).await?;
        return Ok(None);
    }
    let Some(email) = &settings.first_admin else {
        return Ok(None);
    };
    let (account, is_new) = people::first_admin(folder, email)?;
    auth::seed(database, keys, folder.tenant, &[account]).await?;
    Ok(is_new.then(|| {
        format!(
            "The first administrator is {email}; the password is in {}",
            folder.secrets().join("first-admin").display()
        )
    }))
}

/// Each service's check of its own invariants, in the order of the call graph.
pub fn verifications() -> [Verification; 6] {
    [
        Arc::new(|db| Box::pin(auth::verify(db))),
        Arc::new(|db| Box::pin(users::verify(db))),
        Arc::new(|db| Box::pin(projects::verify(db))),
        Arc::new(|db| Box::pin(participation::verify(db))),
        Arc::new(|db| Box::pin(accounting::verify(db))),
        Arc::new(|db| Box::pin(notification::verify(db))),
    ]
}
