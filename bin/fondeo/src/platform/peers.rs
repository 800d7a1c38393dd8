//! How the parts reach each other: without a socket where they stand in this process, over mutual
//! TLS where they do not. Either way it is the same client and the same door.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use authz::KeySource;
use contracts::auth::JwksRequest;
use contracts::auth::auth_client::AuthClient;
use link::{Gate, Link, pki};
use service::Service;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::Apart;

/// Every program that may call a service: the services, and the gateway.
pub const PROGRAMS: [&str; 7] = [
    "auth",
    "users",
    "projects",
    "participation",
    "accounting",
    "notification",
    "gateway",
];

/// The parts that stand here, and how the others are found.
pub struct Peers {
    here: HashMap<&'static str, Gate>,
    apart: Option<Apart>,
}

impl Peers {
    /// None of the parts stands here yet.
    pub fn new(apart: Option<Apart>) -> Self {
        let here = HashMap::new();
        Self { here, apart }
    }

    /// From now on this service stands here.
    pub fn add(&mut self, service: &Service) {
        self.here.insert(service.db.service, service.gate.clone());
    }

    /// A link for the program `from` to the service `to`.
    pub fn link(&self, to: &str, from: &'static str) -> anyhow::Result<Link> {
        if let Some(gate) = self.here.get(to) {
            return Ok(gate.near(from));
        }
        let apart = self
            .apart
            .as_ref()
            .with_context(|| format!("{to} does not stand in this process"))?;
        let shown = pki::read(&apart.pki, from)?;
        let link = link::far(&apart.peer_of(to), to, &shown);
        link.with_context(|| format!("no link from {from} to {to}"))
    }

    /// The keys that tokens are verified with, asked of Auth in the name of the program `from`.
    pub fn keys(&self, from: &'static str) -> anyhow::Result<KeySource> {
        let link = self.link("auth", from)?;
        Ok(Arc::new(move || {
            let mut auth = AuthClient::new(link.clone());
            Box::pin(async move {
                let reply = auth.jwks(JwksRequest {}).await;
                let reply = reply.map_err(|status| status.to_string())?.into_inner();
                serde_json::from_str(&reply.jwks_json).map_err(|error| error.to_string())
            })
        }))
    }

    /// Answers the other programs, each service on its own port.
    pub async fn serve(
        &self,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let Some(apart) = &self.apart else {
            return Ok(());
        };
        for (&service, gate) in &self.here {
            let address = SocketAddr::new(apart.host, apart.port_of(service));
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("{service} cannot listen on {address}"))?;
            let shown = pki::read(&apart.pki, service)?;
            let (gate, stop) = (gate.clone(), stop.clone());
            tasks.spawn(async move {
                if let Err(error) = link::serve(gate, &PROGRAMS, listener, &shown, stop).await {
                    tracing::error!(%error, service, "a service can't be called any more");
                }
            });
        }
        Ok(())
    }
}

/// The parts as named on the command line, in the order of the call graph. Refuses others.
pub fn parts(named: &[String]) -> anyhow::Result<Vec<&'static str>> {
    for name in named {
        if !PROGRAMS.contains(&name.as_str()) {
            let known = PROGRAMS.join(", ");
            return Err(anyhow!("there is no part `{name}`; the parts are {known}"));
        }
    }
    let wanted = |part: &&str| named.iter().any(|name| name == part);
    Ok(PROGRAMS.into_iter().filter(wanted).collect())
}
