//! One database for each service on the private PostgreSQL, brought up to date side by side.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use pg::cluster::{Cluster, ClusterConfig};
use pg::{Database, Roles};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::DataFolder;
use crate::config::Settings;

/// The services, in the order of the call graph.
pub const NAMES: [&str; 6] = [
    "auth",
    "users",
    "projects",
    "participation",
    "accounting",
    "notification",
];

fn migrator(service: &str) -> &'static Migrator {
    match service {
        "auth" => &auth::MIGRATOR,
        "users" => &users::MIGRATOR,
        "projects" => &projects::MIGRATOR,
        "participation" => &participation::MIGRATOR,
        "accounting" => &accounting::MIGRATOR,
        "notification" => &notification::MIGRATOR,
        _ => unreachable!("only `NAMES` are asked for"),
    }
}

/// The services' databases in the order of [`NAMES`], and the server when it is ours to stop.
pub struct Databases {
    /// One for each service.
    pub all: Vec<Database>,
    cluster: Option<Cluster>,
}

impl Databases {
    /// Starts the server and brings every database up to date.
    pub async fn open(folder: &DataFolder, settings: &Settings) -> anyhow::Result<Self> {
        let cluster = start(&folder.postgres(), settings, &[]).await?;
        let opened = prepare(&cluster).await;
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

    /// The folder of the server's socket.
    pub fn socket(&self) -> Option<PathBuf> {
        let cluster = self.cluster.as_ref()?;
        cluster
            .connect_options("postgres", "")
            .get_socket()
            .cloned()
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
    Ok(Cluster::start(config).await?)
}

async fn prepare(cluster: &Cluster) -> anyhow::Result<()> {
    let superuser = &cluster.connect_options("postgres", cluster.superuser());
    let each = NAMES.map(|service| async move {
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
    let each = NAMES.map(|service| {
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
