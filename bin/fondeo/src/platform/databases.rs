//! One database for each service on the private PostgreSQL, brought up to date side by side.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use futures::future::try_join_all;
use pg::cluster::{Cluster, ClusterConfig, ClusterError};
use pg::{Database, Roles};
use service::SERVICES;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::DataFolder;
use crate::config::{Apart, Settings};

/// A server that ends sooner than this after it was started again is not started once more.
const SOON: Duration = Duration::from_secs(10);

/// A service's own migrations.
pub fn migrator(service: &str) -> &'static Migrator {
    match service {
        "auth" => &auth::MIGRATOR,
        "users" => &users::MIGRATOR,
        "projects" => &projects::MIGRATOR,
        "participation" => &participation::MIGRATOR,
        "accounting" => &accounting::MIGRATOR,
        "notification" => &notification::MIGRATOR,
        _ => unreachable!("only services are asked for"),
    }
}

/// The services' databases in the order of the call graph, and the server when it is ours to stop.
pub struct Databases {
    /// One for each service.
    pub all: Vec<Database>,
    cluster: Option<Cluster>,
}

impl Databases {
    /// Starts the server and brings every database up to date.
    pub async fn open(folder: &DataFolder, settings: &Settings) -> anyhow::Result<Self> {
        let cluster = start(&folder.postgres(), settings, &[]).await?;
        let superuser = cluster.connect_options("postgres", cluster.superuser());
        let opened = prepare(&superuser).await;
        let databases = match opened {
            Ok(()) => connect(|database, role| cluster.connect_options(database, role)).await,
            Err(error) => Err(error),
        };
        match databases {
            Ok(all) => Ok(Self {
                all,
                cluster: Some(cluster),
            }),
            Err(error) => {
                cluster.stop().await?;
                Err(error)
            }
        }
    }

    /// Looks at the databases of a folder nobody is at work in: nothing can be written.
    pub async fn open_to_read(settings: &Settings) -> anyhow::Result<Self> {
        let postgres = settings.data.join("postgres");
        if !postgres.join("pgdata").is_dir() {
            bail!(
                "there is no platform in {}; name its folder with --data, or --demo",
                settings.data.display()
            );
        }
        let read_only = [("default_transaction_read_only", "on")];
        let cluster = start(&postgres, settings, &read_only).await?;
        match connect(|database, role| cluster.connect_options(database, role)).await {
            Ok(all) => Ok(Self {
                all,
                cluster: Some(cluster),
            }),
            Err(error) => {
                cluster.stop().await?;
                Err(error)
            }
        }
    }

    /// Looks at the databases of a running platform, through its socket.
    pub async fn of_running(socket: &Path) -> anyhow::Result<Self> {
        let all = connect(|database, role| {
            PgConnectOptions::new_without_pgpass()
                .socket(socket)
                .ssl_mode(PgSslMode::Disable)
                .database(database)
                .username(role)
                .options([("default_transaction_read_only", "on")])
        })
        .await?;
        Ok(Self { all, cluster: None })
    }

    /// The databases of some services, each where the settings say; they are up to date already.
    pub async fn apart(apart: &Apart, parts: &[&'static str]) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for &service in parts.iter().filter(|part| SERVICES.contains(part)) {
            let given = apart.database.as_ref();
            let given = given.context("`serve` needs `apart.database`: where the databases are")?;
            let given = given.replace("{service}", service);
            let at = |role: &str| {
                let url = given.replace("{role}", role);
                let options = url.parse::<PgConnectOptions>();
                options.context("`apart.database` is no address of a PostgreSQL database")
            };
            let roles = Roles::of(service);
            let database = Database::connect(service, at(&roles.app)?, at(&roles.worker)?);
            all.push(database.await?);
        }
        Ok(Self { all, cluster: None })
    }

    /// Makes the databases on a server of the operator's, or brings them up to date.
    pub async fn prepare_apart(owner: &str) -> anyhow::Result<()> {
        let owner = owner.parse::<PgConnectOptions>();
        prepare(&owner.context("`apart.owner` is no address of a PostgreSQL server")?).await
    }

    /// The database of one service, when it is among them.
    pub fn of(&self, service: &str) -> Option<&Database> {
        self.all.iter().find(|database| database.service == service)
    }

    /// The folder of the server's socket.
    pub fn socket(&self) -> Option<PathBuf> {
        let cluster = self.cluster.as_ref()?;
        cluster
            .connect_options("postgres", "")
            .get_socket()
            .cloned()
    }

    /// Starts the server again whenever it ended by itself: connections come back, and what was
    /// under way is asked for again. Returns when that was in vain.
    pub async fn keep(&mut self) -> anyhow::Error {
        let mut restarted = None::<Instant>;
        loop {
            let Some(server) = &mut self.cluster else {
                return std::future::pending().await;
            };
            server.ended().await;
            if restarted.is_some_and(|at| at.elapsed() < SOON) {
                return anyhow!("the database server ends again and again; see postgres.log");
            }
            tracing::error!("the database server ended by itself: starting it again");
            let Some(server) = self.cluster.take() else {
                continue;
            };
            match server.restart().await {
                Ok(server) => self.cluster = Some(server),
                Err(error) => {
                    return anyhow!(error).context("the database server ended by itself");
                }
            }
            restarted = Some(Instant::now());
        }
    }

    /// Closes all connections, and stops the server when it was started here.
    pub async fn close(self) -> anyhow::Result<()> {
        for database in &self.all {
            database.close().await;
        }
        match self.cluster {
            Some(cluster) => cluster.stop().await.context("PostgreSQL did not stop well"),
            None => Ok(()),
        }
    }
}

async fn start(
    data: &Path,
    settings: &Settings,
    extra: &[(&str, &str)],
) -> anyhow::Result<Cluster> {
    let mut config = ClusterConfig::new(data);
    config.bin.clone_from(&settings.postgres_bin);
    config.extra = extra
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Cluster::start(config).await.map_err(unusable)
}

/// Why there is no server; where none is installed, with the setting that says where one is.
pub fn unusable(error: ClusterError) -> anyhow::Error {
    let missing = matches!(error, ClusterError::NotInstalled { .. });
    let error = anyhow::Error::new(error);
    if missing {
        error.context("the setting `postgres.bin` may name the folder of PostgreSQL's programs")
    } else {
        error
    }
}

async fn prepare(superuser: &PgConnectOptions) -> anyhow::Result<()> {
    let each = SERVICES.iter().map(|&service| async move {
        let database = database_of(service);
        pg::provision(superuser, service, &database).await?;
        let lists = [&pg::MIGRATOR, &journal::MIGRATOR, migrator(service)];
        pg::migrate(superuser, service, &database, &lists).await
    });
    try_join_all(each).await?;
    Ok(())
}

async fn connect(
    options: impl Fn(&str, &str) -> PgConnectOptions,
) -> anyhow::Result<Vec<Database>> {
    let each = SERVICES.iter().map(|&service| {
        let (database, roles) = (database_of(service), Roles::of(service));
        Database::connect(
            service,
            options(&database, &roles.app),
            options(&database, &roles.worker),
        )
    });
    Ok(try_join_all(each).await?)
}

fn database_of(service: &str) -> String {
    format!("fondeo_{service}")
}
