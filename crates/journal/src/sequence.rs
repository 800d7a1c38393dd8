//! The sequencer: gives every committed event its place and its link in the chain.

use std::collections::BTreeSet;
use std::time::Duration;

use pg::Database;
use serde_json::Value;
use sqlx::PgConnection;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::{Envelope, GENESIS, chain};

/// The last place that was given, for those who wait for more.
pub type Head = watch::Sender<i64>;

/// How many events get their place in one transaction.
const BATCH: i64 = 1_000;
/// Events of other processes ring no bell here: look this often.
const IDLE: Duration = Duration::from_millis(250);

/// Runs until it is stopped. Any number of replicas may run it: one works, the others look on.
pub async fn sequence(db: Database, head: Head, stop: CancellationToken) {
    loop {
        match order_batch(&db, &head).await {
            Ok(BATCH) => {}
            Ok(_) => tokio::select! {
                () = stop.cancelled() => return,
                () = db.recorded().notified() => {}
                () = tokio::time::sleep(IDLE) => {}
            },
            Err(error) => {
                tracing::error!(service = db.service, %error, "events could not be ordered");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
            }
        }
    }
}

/// Orders what waits, at most a batch; answers how many were ordered.
async fn order_batch(db: &Database, head: &Head) -> Result<i64, sqlx::Error> {
    let waiting = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM journal_queue) AS "any!""#)
        .fetch_one(db.worker())
        .await?;
    if !waiting {
        let last = sqlx::query_scalar!("SELECT max(seq) FROM journal_order")
            .fetch_one(db.worker())
            .await?;
        head.send_if_modified(|known| raise(known, last.unwrap_or(0)));
        return Ok(0);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the sequencer's own transaction, all tenants"
    )]
    let mut tx = db.worker().begin().await?;
    let mine = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock(7301) AS "mine!""#)
        .fetch_one(&mut *tx)
        .await?;
    if !mine {
        return Ok(0);
    }
    let last = sqlx::query!("SELECT seq, hash FROM journal_order ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *tx)
        .await?;
    // The queue's order is the order of the rows' making; an aggregate's next event is made after
    // its last one was committed, so versions come in order too.
    let mut waiting = sqlx::query!(
        "DELETE FROM journal_queue q USING journal j
         WHERE q.event_id = j.event_id AND q.position IN
             (SELECT position FROM journal_queue ORDER BY position LIMIT $1)
         RETURNING q.position, q.event_id, q.tenant_id, j.body",
        BATCH,
    )
    .fetch_all(&mut *tx)
    .await?;
    waiting.sort_by_key(|event| event.position);

    let (mut seq, mut hash) = match last {
        Some(row) => (
            row.seq,
            row.hash.try_into().expect("the table checks its length"),
        ),
        None => (0, GENESIS),
    };
    let mut seqs = Vec::with_capacity(waiting.len());
    let mut hashes = Vec::with_capacity(waiting.len());
    let mut mentions = Mentions::default();
    for event in &waiting {
        seq += 1;
        hash = chain(&hash, &event.body);
        seqs.push(seq);
        hashes.push(hash.to_vec());
        mentions.add(event.tenant_id, seq, &event.body);
    }
    let events: Vec<Uuid> = waiting.iter().map(|event| event.event_id).collect();
    let tenants: Vec<Uuid> = waiting.iter().map(|event| event.tenant_id).collect();
    sqlx::query!(
        "INSERT INTO journal_order (seq, event_id, tenant_id, hash)
         SELECT * FROM UNNEST($1::bigint[], $2::uuid[], $3::uuid[], $4::bytea[])",
        &seqs,
        &events,
        &tenants,
        &hashes,
    )
    .execute(&mut *tx)
    .await?;
    mentions.insert(&mut tx).await?;
    tx.commit().await?;
    head.send_if_modified(|known| raise(known, seq));
    Ok(i64::try_from(waiting.len()).expect("a batch is small"))
}

/// What events speak of, for the time line of anything.
#[derive(Default)]
struct Mentions {
    tenants: Vec<Uuid>,
    ids: Vec<Uuid>,
    seqs: Vec<i64>,
}

impl Mentions {
    fn add(&mut self, tenant: Uuid, seq: i64, body: &str) {
        let Ok(event) = Envelope::read(seq, body) else {
            return;
        };
        let mut ids = BTreeSet::from([event.subject]);
        let person = event.actor.strip_prefix("user:");
        ids.extend(person.and_then(|id| id.parse::<Uuid>().ok()));
        collect(&event.data, &mut ids);
        for id in ids {
            self.tenants.push(tenant);
            self.ids.push(id);
            self.seqs.push(seq);
        }
    }

    async fn insert(&self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        let inserted = sqlx::query!(
            "INSERT INTO journal_mention (tenant_id, id, seq)
             SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[])",
            &self.tenants,
            &self.ids,
            &self.seqs,
        );
        inserted.execute(conn).await.map(|_| ())
    }
}

/// Every text in the contents that is an id.
fn collect(data: &Value, ids: &mut BTreeSet<Uuid>) {
    match data {
        Value::String(text) if text.len() == Hyphenated::LENGTH => {
            ids.extend(text.parse::<Uuid>());
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, ids)),
        Value::Object(fields) => fields.values().for_each(|part| collect(part, ids)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn raise(known: &mut i64, seq: i64) -> bool {
    let higher = seq > *known;
    *known = seq.max(*known);
    higher
}
