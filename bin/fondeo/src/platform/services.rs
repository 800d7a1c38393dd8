//! The services put together, in the order of the call graph: a cycle cannot be built.

use std::sync::Arc;

use anyhow::Context as _;
use auth::{ClientConfig, Keys, Scope};
use authz::Verifier;
use journal::Verification;
use pg::Database;
use service::Service;

use super::{DataFolder, people};
use crate::config::Settings;

/// The program's name among the sign-in clients: people on a command line, on a loopback address.
pub const CLIENT: &str = "fondeo-cli";
/// Where the answer of a sign-in goes; any port of this machine.
pub const REDIRECT: &str = "http://127.0.0.1/signed-in";

/// Whom access tokens are for: this platform.
const AUDIENCE: &str = "fondeo";

/// Everything that answers calls, before any of it runs.
pub struct Composed {
    /// The services, in the order of [`super::NAMES`].
    pub services: Vec<Service>,
    /// How the gateway reaches them.
    pub links: gateway::Links,
}

/// Puts the services over their databases. `url` is the address that people use.
pub async fn compose(
    databases: &[Database],
    (folder, keys): (&DataFolder, Keys),
    settings: &Settings,
    url: &str,
) -> anyhow::Result<Composed> {
    let [
        auth,
        users,
        projects,
        participation,
        accounting,
        notification,
    ] = <&[Database; 6]>::try_from(databases)
        .context("one database for each service")?
        .clone();
    let known = keys.jwks();
    let source: authz::KeySource = Arc::new(move || {
        let known = known.clone();
        Box::pin(async move { Ok(known) })
    });
    let verifier = Arc::new(Verifier::new(url, AUDIENCE, source));

    let config = auth::Config {
        issuer: url.to_owned(),
        tenant: folder.tenant,
        keys,
        clients: vec![ClientConfig {
            id: CLIENT.to_owned(),
            secret: None,
            redirect_uris: vec![REDIRECT.to_owned()],
            scopes: vec![Scope::Openid, Scope::Fondeo, Scope::OfflineAccess],
        }],
        secure_cookies: url.starts_with("https://"),
    };
    let auth = auth::start(auth, Arc::clone(&verifier), config).await?;
    let users = users::start(users, Arc::clone(&verifier));
    let demo_time = settings.demo;
    let projects = projects::start(
        projects,
        Arc::clone(&verifier),
        projects::Config { demo_time },
    );
    let participation = participation::start(participation, Arc::clone(&verifier));
    let accounting = accounting::start(accounting, Arc::clone(&verifier));
    let config = notification::Config {
        auth: auth.gate.near("notification"),
        mail: folder.mail(),
        from: settings.mail_from.clone(),
    };
    let notification = notification::start(notification, verifier, config);

    let links = gateway::Links {
        auth: auth.gate.near("gateway"),
        users: users.gate.near("gateway"),
        projects: projects.gate.near("gateway"),
        participation: participation.gate.near("gateway"),
        accounting: accounting.gate.near("gateway"),
        notification: notification.gate.near("gateway"),
    };
    Ok(Composed {
        services: vec![
            auth,
            users,
            projects,
            participation,
            accounting,
            notification,
        ],
        links,
    })
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

/// Each service's check of its own invariants, in the order of [`super::NAMES`].
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
