//! What a platform at work has stored, read past every rule as its databases' superuser: what the
//! projects' rows are, whether they changed, and whether events are still under way.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use futures::future::try_join_all;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use service::SERVICES;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::platform::DataFolder;

/// What follows from an event is there within moments, or something is wrong.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(15);
/// The services that store something of a project.
const OF_PROJECTS: [&str; 3] = ["projects", "participation", "accounting"];

/// The databases, each by its service's name.
pub struct Look {
    pools: HashMap<&'static str, PgPool>,
    /// For each service the query that makes a hash of every project's rows in every table.
    hashes: Vec<(&'static str, String)>,
}

/// Every project's rows, as a hash for each table.
pub type Rows = HashMap<Uuid, BTreeMap<String, String>>;

/// How far each service's journal is.
pub type Heads = BTreeMap<&'static str, i64>;

#[derive(Deserialize)]
struct Place {
    head: i64,
    queued: i64,
    parked: i64,
    cursors: BTreeMap<String, i64>,
}

impl Look {
    /// Of the platform that is at work in this folder.
    pub async fn at(data: &Path) -> anyhow::Result<Self> {
        let running = DataFolder::running(data)?.context("no platform is at work")?;
        let socket = running.socket.context("it has no database of its own")?;
        let pools = SERVICES.iter().map(|&service| {
            let options = PgConnectOptions::new_without_pgpass()
                .socket(&socket)
                .ssl_mode(PgSslMode::Disable)
                .username(pg::cluster::SUPERUSER)
                .database(&format!("fondeo_{service}"))
                .options([("default_transaction_read_only", "on")]);
            let pool = PgPoolOptions::new().max_connections(2);
            (service, pool.connect_lazy_with(options))
        });
        let mut look = Self {
            pools: pools.collect(),
            hashes: Vec::new(),
        };
        for service in OF_PROJECTS {
            look.hashes.push((service, look.hashes_of(service).await?));
        }
        Ok(look)
    }

    /// The rows of a query.
    pub async fn rows<T: DeserializeOwned + Send + Unpin + 'static>(
        &self,
        service: &str,
        query: &str,
    ) -> anyhow::Result<Vec<T>> {
        let asked = sqlx::query_scalar(AssertSqlSafe(as_json(query)));
        let rows: Json<Vec<T>> = asked
            .fetch_one(self.pool(service)?)
            .await
            .with_context(|| format!("{service}: {query}"))?;
        Ok(rows.0)
    }

    /// The rows of a query about these projects, its `$1`.
    pub async fn rows_of<T: DeserializeOwned + Send + Unpin + 'static>(
        &self,
        service: &str,
        query: &str,
        projects: &[Uuid],
    ) -> anyhow::Result<Vec<T>> {
        let asked = sqlx::query_scalar(AssertSqlSafe(as_json(query))).bind(projects);
        let rows: Json<Vec<T>> = asked
            .fetch_one(self.pool(service)?)
            .await
            .with_context(|| format!("{service}: {query}"))?;
        Ok(rows.0)
    }

    fn pool(&self, service: &str) -> anyhow::Result<&PgPool> {
        let pool = self.pools.get(service);
        pool.with_context(|| format!("{service} has no database"))
    }

    /// Every table with a project in its rows; a new one is looked at without being named here.
    /// When the clock looks at it next is the clock's own note, and nobody's change.
    async fn hashes_of(&self, service: &str) -> anyhow::Result<String> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT table_name::text FROM information_schema.columns
             WHERE column_name = 'project_id' AND table_schema = 'public' ORDER BY 1",
        )
        .fetch_all(self.pool(service)?)
        .await?;
        ensure!(!tables.is_empty(), "{service} stores no projects");
        let each = tables.iter().map(|table| {
            format!(
                "SELECT '{service}.{table}' AS of, project_id, \
                 md5(string_agg(row, '' ORDER BY row)) AS hash \
                 FROM {table} t, md5((to_jsonb(t) - 'due_at')::text) row \
                 WHERE project_id = ANY($1) GROUP BY project_id"
            )
        });
        Ok(each.collect::<Vec<_>>().join(" UNION ALL "))
    }

    /// What these projects' rows are.
    pub async fn hashed(&self, projects: &[Uuid]) -> anyhow::Result<Rows> {
        let each = self.hashes.iter().map(|(service, sql)| async move {
            let query = sqlx::query(AssertSqlSafe(sql.as_str())).bind(projects);
            anyhow::Ok(query.fetch_all(self.pool(service)?).await?)
        });
        let mut all = Rows::new();
        for row in try_join_all(each).await?.into_iter().flatten() {
            let of_project = all.entry(row.try_get("project_id")?).or_default();
            of_project.insert(row.try_get("of")?, row.try_get("hash")?);
        }
        Ok(all)
    }

    /// Whether something other than a person recorded an event about this project since then.
    pub async fn moved_by_itself(&self, project: Uuid, since: &Heads) -> anyhow::Result<bool> {
        for service in OF_PROJECTS {
            let found: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM journal j
                    JOIN journal_order o USING (tenant_id, event_id)
                    LEFT JOIN journal_mention m ON m.tenant_id = o.tenant_id AND m.seq = o.seq
                    WHERE o.seq > $2 AND j.actor NOT LIKE 'user:%'
                      AND (m.id = $1 OR j.aggregate = $1))",
            )
            .bind(project)
            .bind(since.get(service).copied().unwrap_or_default())
            .fetch_one(self.pool(service)?)
            .await?;
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits until every event has reached everybody who follows it; how far all are then. No
    /// event may ever be parked.
    pub async fn quiet(&self) -> anyhow::Result<Heads> {
        let begun = Instant::now();
        loop {
            let places = self.places().await?;
            let parked: Vec<_> = places
                .iter()
                .filter(|(_, place)| place.parked > 0)
                .collect();
            if !parked.is_empty() {
                bail!("parked: {:?}", self.parked().await?);
            }
            let heads: Heads = places.iter().map(|(of, place)| (*of, place.head)).collect();
            let behind = places.values().any(|place| {
                let is_behind = |(of, seq): (&String, &i64)| {
                    heads.get(of.as_str()).is_some_and(|head| seq < head)
                };
                place.queued > 0 || place.cursors.iter().any(is_behind)
            });
            if !behind {
                return Ok(heads);
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "events are under way after {} s",
                PATIENCE.as_secs()
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn places(&self) -> anyhow::Result<BTreeMap<&'static str, Place>> {
        let each = SERVICES.iter().map(|&service| async move {
            let place = self.rows::<Place>(
                service,
                "SELECT (SELECT coalesce(max(seq), 0) FROM journal_order) AS head,
                        (SELECT count(*) FROM journal_queue) AS queued,
                        (SELECT count(*) FROM parked) AS parked,
                        (SELECT coalesce(jsonb_object_agg(producer, seq), '{}')
                         FROM consumer_cursor) AS cursors",
            );
            let place = place.await?.pop().context("no place")?;
            anyhow::Ok((service, place))
        });
        Ok(try_join_all(each).await?.into_iter().collect())
    }

    async fn parked(&self) -> anyhow::Result<Vec<String>> {
        let mut all = Vec::new();
        for service in SERVICES {
            let query = "SELECT producer, seq, aggregate, reason, body FROM parked";
            let rows: Vec<serde_json::Value> = self.rows(service, query).await?;
            all.extend(rows.iter().map(|row| format!("{service}: {row}")));
        }
        Ok(all)
    }

    /// Lets the connections go.
    pub async fn close(self) {
        for pool in self.pools.into_values() {
            pool.close().await;
        }
    }
}

fn as_json(query: &str) -> String {
    format!("SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM ({query}) x")
}
