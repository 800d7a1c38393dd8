//! A platform at work: started part by part, stopped in the other order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use auth::Keys;
use blob::Blobs;
use contracts::journal::journal_client::JournalClient;
use journal::Heads;
use pg::Database;
use service::{Service, Worker};
use tokio::net::TcpListener;
use tokio::task::{JoinSet, spawn_blocking};
use tokio_util::sync::CancellationToken;

use super::http::{Health, serve, with_health};
use super::services::{Composed, Plan, compose, seed};
use super::{DataFolder, Databases, PROGRAMS, Peers};
use crate::config::{Apart, Settings};
use crate::progress::Progress;

/// How long calls under way may take at the end, and then the workers: together with PostgreSQL's
/// own end below the 25 seconds that security.md promises.
const DRAIN: Duration = Duration::from_secs(8);
const WORKERS: Duration = Duration::from_secs(5);

/// How often files that nobody made use of are removed.
const QUARANTINE: Duration = Duration::from_mins(10);

/// The platform in this process. Not stopped, its database ends with the process all the same.
pub struct Platform {
    /// The address that people use.
    pub url: String,
    /// What to say once, such as where a first password is.
    pub notice: Option<String>,
    folder: DataFolder,
    databases: Databases,
    heads: Arc<Heads>,
    health: Health,
    tasks: JoinSet<()>,
    answering: JoinSet<()>,
    stop_answering: CancellationToken,
    stop_working: CancellationToken,
}

impl Platform {
    /// Takes the folder and the port, starts everything, and returns when calls are answered.
    pub async fn start(settings: &Settings, progress: &Progress) -> anyhow::Result<Self> {
        Self::begin(settings, (&PROGRAMS, None), progress).await
    }

    /// Starts some parts, over databases that are elsewhere; the other parts are found there too.
    pub async fn apart(
        settings: &Settings,
        parts: &[&'static str],
        progress: &Progress,
    ) -> anyhow::Result<Self> {
        settings.check_apart()?;
        Self::begin(settings, (parts, Some(&settings.apart)), progress).await
    }

    async fn begin(
        settings: &Settings,
        (parts, apart): (&[&'static str], Option<&Apart>),
        progress: &Progress,
    ) -> anyhow::Result<Self> {
        // First: a taken port leaves no folder behind.
        let listener = listen(settings).await?;
        let folder = DataFolder::take(settings)?;
        let url = url_of(settings, &listener)?;
        progress.step("PostgreSQL, the databases and the signing keys");
        let has_begun = folder.has_begun()?;
        let keys = parts.contains(&"auth").then(|| {
            let secrets = folder.secrets();
            spawn_blocking(move || {
                if has_begun {
                    Keys::expected(&secrets)
                } else {
                    Keys::open(&secrets)
                }
            })
        });
        let databases = match apart {
            None => Databases::open(&folder, settings).await?,
            Some(apart) => Databases::apart(apart, parts).await?,
        };
        let composed = async {
            let keys = match keys {
                Some(made) => Some(made.await.context("the signing keys were not made")??),
                None => None,
            };
            progress.step("the accounts and the services");
            let notice = match (&keys, databases.of("auth")) {
                (Some(keys), Some(auth)) => seed(auth, (&folder, keys), settings).await?,
                _ => None,
            };
            let objects = Blobs::local(&settings.objects, &url);
            let blobs = objects.with_context(|| {
                let folder = settings.objects.display();
                format!("cannot open the folder of images and documents {folder}")
            })?;
            let plan = Plan {
                blobs: blobs.clone(),
                parts,
                databases: &databases,
                folder: &folder,
                keys,
                settings,
                url: &url,
            };
            Ok((
                compose(plan, Peers::new(apart.cloned())).await?,
                blobs,
                notice,
            ))
        };
        match composed.await {
            Ok((composed, blobs, notice)) => {
                let running = Self::run(
                    (folder, databases),
                    (composed, blobs),
                    (settings, listener, url),
                );
                Ok(Self {
                    notice,
                    ..running.await?
                })
            }
            Err(error) => {
                databases.close().await?;
                Err(error)
            }
        }
    }

    async fn run(
        (folder, databases): (DataFolder, Databases),
        (composed, blobs): (Composed, Blobs),
        (settings, listener, url): (&Settings, TcpListener, String),
    ) -> anyhow::Result<Self> {
        let Composed {
            mut services,
            links,
            peers,
        } = composed;
        let mut pages = links.map_or_else(axum::Router::new, |links| {
            let config = gateway::Config {
                development: settings.demo,
                issuer: url.clone(),
                tenant: folder.tenant,
            };
            gateway::router(config, links).merge(blob::door(blobs.clone()))
        });
        for service in &mut services {
            if let Some(own) = service.pages.take() {
                pages = pages.merge(own);
            }
        }
        let health = Health::new(&databases.all);
        let pages = with_health(pages, health.clone());
        let (stop_answering, stop_working) = <(CancellationToken, CancellationToken)>::default();
        let (mut tasks, mut answering) = <(JoinSet<()>, JoinSet<()>)>::default();
        peers.serve(&mut answering, &stop_answering).await?;
        let heads = Arc::new(folder.heads(settings)?);
        for database in databases.all.clone() {
            let (heads, stop) = (Arc::clone(&heads), stop_working.clone());
            tasks.spawn(async move { heads.keep(&database, stop).await });
        }
        work(services, &peers, &mut tasks, &stop_working)?;
        let quarantine = Worker::every("quarantine", QUARANTINE, &blobs, |blobs| async move {
            blobs.sweep().await
        });
        tasks.spawn((quarantine.run)(stop_working.clone()));
        answering.spawn(serve(listener, pages, stop_answering.clone()));
        health.open();
        let socket = databases.socket();
        if socket.is_some() {
            folder.begun()?;
        }
        folder.announce(Some(&url), socket.as_deref())?;
        Ok(Self {
            url,
            notice: None,
            folder,
            databases,
            heads,
            health,
            tasks,
            answering,
            stop_answering,
            stop_working,
        })
    }

    /// Its databases, one for each service.
    pub fn databases(&self) -> &[Database] {
        &self.databases.all
    }

    /// The signed heads of their records.
    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// Whether it began just now: nothing was in its folder.
    pub fn is_new(&self) -> bool {
        self.folder.is_new
    }

    /// Where its data are.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Returns when a part ended that should not: by a panic, because the listener is gone, or
    /// because the database server does not come back.
    pub async fn broken(&mut self) -> anyhow::Error {
        let ended = tokio::select! {
            Some(ended) = self.tasks.join_next() => ended,
            Some(ended) = self.answering.join_next() => ended,
            error = self.databases.keep() => return error,
        };
        match ended {
            Ok(()) => anyhow!("a part of the platform ended by itself; see the log"),
            Err(error) => anyhow!(error).context("a part of the platform broke"),
        }
    }

    /// Not ready, calls under way answered, workers stopped, the database shut down.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.health.close();
        self.stop_answering.cancel();
        end(&mut self.answering, DRAIN, "calls").await;
        tracing::info!("no calls any more");
        self.stop_working.cancel();
        end(&mut self.tasks, WORKERS, "workers").await;
        tracing::info!("no work any more");
        self.databases.close().await?;
        tracing::info!("the database is shut down");
        self.folder.announce(None, None)
    }
}

async fn end(tasks: &mut JoinSet<()>, patience: Duration, what: &str) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!(what, "not ended in time: cut off");
        tasks.shutdown().await;
    }
}

async fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let address = settings.listen;
    TcpListener::bind(address).await.map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("{address} is taken by another program; choose another with --listen")
            }
            _ => format!("cannot listen on {address}"),
        };
        anyhow!(error).context(what)
    })
}

fn url_of(settings: &Settings, listener: &TcpListener) -> anyhow::Result<String> {
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let public = settings.public_url.clone();
    Ok(public.unwrap_or_else(|| format!("http://{address}")))
}

/// The workers, and every service at every feed that it follows.
fn work(
    services: Vec<Service>,
    peers: &Peers,
    tasks: &mut JoinSet<()>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    for service in &services {
        for subscription in &service.subscriptions {
            let feed = peers.link(subscription.producer, service.db.service)?;
            let feed = JournalClient::new(feed);
            let (db, subscription) = (service.db.clone(), subscription.clone());
            tasks.spawn(journal::follow(db, subscription, feed, stop.clone()));
        }
    }
    for worker in services.into_iter().flat_map(|service| service.workers) {
        tasks.spawn((worker.run)(stop.clone()));
    }
    Ok(())
}
