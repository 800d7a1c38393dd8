//! One service's database: the application's pool, and the pool of the workers that cross tenants.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::sync::Notify;

/// The names of one service's roles (architecture.md §6).
#[derive(Clone, Debug)]
pub struct Roles {
    /// Owns the tables; only migrations run as it.
    pub owner: String,
    /// The application: row-level security always applies.
    pub app: String,
    /// Sequencer, sweepers and audit: policies on just their tables.
    pub worker: String,
}

impl Roles {
    /// `fondeo_<service>_owner`, `_app` and `_worker`.
    pub fn of(service: &str) -> Self {
        let role = |part| format!("fondeo_{service}_{part}");
        Self {
            owner: role("owner"),
            app: role("app"),
            worker: role("worker"),
        }
    }
}

/// Why a database is not fit for use.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It did not answer.
    #[error("the database of {service} does not answer")]
    Unreachable {
        /// Whose database.
        service: &'static str,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// Its role could walk around row-level security.
    #[error(
        "the role {role} of {service} must be neither superuser, nor owner of tables, nor \
         BYPASSRLS: create it as docs/operations says"
    )]
    RoleTooStrong {
        /// Whose database.
        service: &'static str,
        /// The role that was refused.
        role: String,
    },
}

/// One service's database.
#[derive(Clone)]
pub struct Database {
    /// Whose.
    pub service: &'static str,
    pub(crate) app: PgPool,
    worker: PgPool,
    recorded: Arc<Notify>,
}

impl Database {
    /// Connects and refuses roles that are too strong.
    pub async fn connect(
        service: &'static str,
        app: PgConnectOptions,
        worker: PgConnectOptions,
    ) -> Result<Self, DatabaseError> {
        let unreachable = |source| DatabaseError::Unreachable { service, source };
        let pool = |max| {
            PgPoolOptions::new()
                .max_connections(max)
                .min_connections(0)
                .acquire_timeout(Duration::from_secs(5))
                .idle_timeout(Duration::from_mins(5))
        };
        let app = pool(12).connect_with(app).await.map_err(unreachable)?;
        let worker = pool(4).connect_with(worker).await.map_err(unreachable)?;
        for pool in [&app, &worker] {
            let role = sqlx::query!(
                r#"SELECT rolname::text AS "name!",
                          rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class c
                              WHERE c.relowner = r.oid AND c.relkind = 'r') AS "too_strong!"
                   FROM pg_roles r WHERE rolname = current_user"#
            )
            .fetch_one(pool)
            .await
            .map_err(unreachable)?;
            if role.too_strong {
                return Err(DatabaseError::RoleTooStrong {
                    service,
                    role: role.name,
                });
            }
        }
        Ok(Self {
            service,
            app,
            worker,
            recorded: Arc::default(),
        })
    }

    /// For queries that change nothing and set their tenant themselves.
    pub fn app(&self) -> &PgPool {
        &self.app
    }

    /// For work that crosses tenants.
    pub fn worker(&self) -> &PgPool {
        &self.worker
    }

    /// Rings when a unit of work of this process committed an event.
    pub fn recorded(&self) -> &Arc<Notify> {
        &self.recorded
    }

    /// Closes the pools, when everything that uses them has ended.
    pub async fn close(&self) {
        self.app.close().await;
        self.worker.close().await;
    }
}
