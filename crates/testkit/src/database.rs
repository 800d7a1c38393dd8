//! A database of its own for each test, on a private server that ends with the test.

use pg::Database;
use pg::cluster::Cluster;
use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tempfile::TempDir;

use crate::template;

/// One service's database, migrated, with the roles that it has in production.
pub struct TestDatabase {
    /// The service's own look at it.
    pub db: Database,
    /// The name of the database.
    pub name: String,
    cluster: Cluster,
    _folder: TempDir,
}

impl TestDatabase {
    /// Starts a server in a temporary folder with the service's database in it. The server's files
    /// are a copy of ones that the first test of these migrations made.
    pub async fn start(service: &'static str, migrations: &[&Migrator]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let name = format!("fondeo_{service}");
        let lists: Vec<_> = [&pg::MIGRATOR, &journal::MIGRATOR]
            .into_iter()
            .chain(migrations.iter().copied())
            .collect();
        template::copy(service, &name, &lists, folder.path()).await;
        let cluster = template::server(folder.path()).await;
        let roles = pg::Roles::of(service);
        let db = Database::connect(
            service,
            cluster.connect_options(&name, &roles.app),
            cluster.connect_options(&name, &roles.worker),
        )
        .await
        .expect("a fit database");
        Self {
            db,
            name,
            cluster,
            _folder: folder,
        }
    }

    /// The same database as another replica of the service sees it.
    pub async fn replica(&self) -> Database {
        let service = self.db.service;
        let roles = pg::Roles::of(service);
        Database::connect(
            service,
            self.cluster.connect_options(&self.name, &roles.app),
            self.cluster.connect_options(&self.name, &roles.worker),
        )
        .await
        .expect("a fit database")
    }

    /// How the superuser connects: for tampering.
    pub fn superuser(&self) -> PgConnectOptions {
        self.cluster
            .connect_options(&self.name, self.cluster.superuser())
    }

    /// A connection of the superuser.
    pub async fn superuser_connection(&self) -> PgConnection {
        PgConnection::connect_with(&self.superuser())
            .await
            .expect("a connection")
    }
}
