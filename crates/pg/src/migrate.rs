//! Databases, roles and migrations: forward only, one at a time, never over a newer database.

use sqlx::migrate::{MigrateError as SqlxMigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::Roles;

/// Why a database could not be brought up to date. Nothing of a failed step remains.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Another, later program was here.
    #[error(
        "the database of {service} was migrated by a newer version (it has migration {version}): \
         start that version, or restore a backup"
    )]
    NewerDatabase {
        /// Whose database.
        service: &'static str,
        /// The first migration that this program does not know.
        version: i64,
    },
    /// A migration or the preparation failed.
    #[error("the database of {service} could not be migrated")]
    Failed {
        /// Whose database.
        service: &'static str,
        /// What went wrong.
        source: SqlxMigrateError,
    },
}

/// Makes the service's roles and database where they are missing; `superuser` may create both.
pub async fn provision(
    superuser: &PgConnectOptions,
    service: &'static str,
    database: &str,
) -> Result<(), MigrateError> {
    let failed = |source: sqlx::Error| MigrateError::Failed {
        service,
        source: source.into(),
    };
    let mut conn = PgConnection::connect_with(&superuser.clone().database("postgres"))
        .await
        .map_err(failed)?;
    let roles = Roles::of(service);
    for (role, rights) in [
        (&roles.owner, "NOLOGIN"),
        (&roles.app, "LOGIN"),
        (&roles.worker, "LOGIN"),
    ] {
        let exists = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "exists!""#,
            role
        )
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
        if !exists {
            // Role names are made of our own service names.
            let sql = format!("CREATE ROLE {role} {rights} NOSUPERUSER NOBYPASSRLS");
            match conn.execute(AssertSqlSafe(sql)).await {
                Ok(_) => {}
                Err(err) if is_duplicate(&err) => {}
                Err(err) => return Err(failed(err)),
            }
        }
    }
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS "exists!""#,
        database
    )
    .fetch_one(&mut conn)
    .await
    .map_err(failed)?;
    if !exists {
        let sql = format!(
            "CREATE DATABASE {database} OWNER {} TEMPLATE template0 ENCODING 'UTF8'",
            roles.owner
        );
        conn.execute(AssertSqlSafe(sql)).await.map_err(failed)?;
        let sql = format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC");
        conn.execute(AssertSqlSafe(sql)).await.map_err(failed)?;
        let sql = format!(
            "GRANT CONNECT ON DATABASE {database} TO {}, {}",
            roles.app, roles.worker
        );
        conn.execute(AssertSqlSafe(sql)).await.map_err(failed)?;
    }
    conn.close().await.map_err(failed)
}

fn is_duplicate(err: &sqlx::Error) -> bool {
    // Two programs may provision at once; whoever was second finds the role made.
    err.as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == "42710" || code == "23505")
}

/// Brings the database up to date with several lists of migrations taken together: those of every
/// service first, the service's own after them.
pub async fn migrate(
    superuser: &PgConnectOptions,
    service: &'static str,
    database: &str,
    lists: &[&Migrator],
) -> Result<(), MigrateError> {
    let mut all: Vec<_> = lists.iter().flat_map(|list| list.iter().cloned()).collect();
    all.sort_by_key(|migration| migration.version);
    let migrator = Migrator::with_migrations(all);
    let failed = |source| MigrateError::Failed { service, source };

    let options = superuser.clone().database(database);
    let mut conn = PgConnection::connect_with(&options)
        .await
        .map_err(|e| failed(e.into()))?;
    let roles = Roles::of(service);
    sqlx::query!(
        "SELECT set_config('fondeo.app_role', $1, false) AS app,
                set_config('fondeo.worker_role', $2, false) AS worker,
                set_config('lock_timeout', '10s', false) AS patience,
                set_config('role', $3, false) AS owner",
        roles.app,
        roles.worker,
        roles.owner,
    )
    .fetch_one(&mut conn)
    .await
    .map_err(|e| failed(e.into()))?;
    match migrator.run_direct(None, &mut conn, false).await {
        Ok(()) => {}
        Err(SqlxMigrateError::VersionMissing(version)) => {
            return Err(MigrateError::NewerDatabase { service, version });
        }
        Err(err) => return Err(failed(err)),
    }
    conn.close().await.map_err(|e| failed(e.into()))
}
