//! The check of the record: every event has its place, and the chain recomputes.

use std::collections::HashMap;

use contracts::journal::Check;
use futures::TryStreamExt as _;
use pg::Database;
use uuid::Uuid;

use crate::{Envelope, GENESIS, chain};

/// Recomputes the whole chain from the stored bytes. The second value is the newest hash.
pub async fn verify_chain(db: &Database) -> Result<(Vec<Check>, [u8; 32], i64), sqlx::Error> {
    let mut findings = Vec::new();
    let (mut columns, mut versions) = (Vec::new(), HashMap::new());
    let (mut expected, mut hash) = (0_i64, GENESIS);
    let mut rows = sqlx::query!(
        r#"SELECT o.seq, o.hash, o.event_id, o.tenant_id AS ordered_for, j.body AS "body?",
                  j.tenant_id AS "tenant?", j.aggregate AS "aggregate?",
                  j.aggregate_version AS "version?", j.type AS "ty?", j.actor AS "actor?"
           FROM journal_order o LEFT JOIN journal j USING (event_id) ORDER BY o.seq"#
    )
    .fetch(db.worker());
    while let Some(row) = rows.try_next().await? {
        expected += 1;
        if row.seq != expected {
            findings.push(format!(
                "place {expected} is missing: the next event has {}",
                row.seq
            ));
            expected = row.seq;
        }
        let Some(body) = row.body else {
            findings.push(format!(
                "place {} names event {}, gone",
                row.seq, row.event_id
            ));
            continue;
        };
        hash = chain(&hash, &body);
        if row.hash != hash {
            findings.push(format!(
                "place {}: event {} does not match its hash: it or one before was changed",
                row.seq, row.event_id
            ));
            hash = row.hash.try_into().expect("the table checks its length");
        }
        let beside = Beside {
            tenants: [Some(row.ordered_for), row.tenant],
            aggregate: row.aggregate,
            version: row.version,
            ty: row.ty,
            actor: row.actor,
        };
        if let Some(why) = beside.differs(row.event_id, (row.seq, &body), &mut versions) {
            columns.push(format!("place {}: event {} {why}", row.seq, row.event_id));
        }
    }
    drop(rows);
    let homeless = homeless(db).await?;
    let parked = parked(db).await?;
    let check = |name: &str, findings| Check {
        name: name.to_owned(),
        findings,
        examined: expected,
    };
    Ok((
        vec![
            check("chain", findings),
            check(
                "every event is what its row says, in its aggregate's order",
                columns,
            ),
            check("every event has its place", homeless),
            check("no event is parked", parked),
        ],
        hash,
        expected,
    ))
}

/// What the table keeps beside an event's bytes to find it by: the bytes are hashed, this is not.
struct Beside {
    tenants: [Option<Uuid>; 2],
    aggregate: Option<Uuid>,
    version: Option<i64>,
    ty: Option<String>,
    actor: Option<String>,
}

impl Beside {
    /// `versions` are the last ones by aggregate: an aggregate's events have no gap and one order.
    fn differs(
        self,
        id: Uuid,
        (seq, body): (i64, &str),
        versions: &mut HashMap<(Uuid, Uuid), i64>,
    ) -> Option<&'static str> {
        let Ok(event) = Envelope::read(seq, body) else {
            return Some("cannot be read");
        };
        let (tenant, version) = (event.tenant.as_uuid(), event.aggregateversion);
        let last = versions.insert((tenant, event.subject), version);
        let told = event.id.as_uuid() == id
            && self.tenants == [Some(tenant); 2]
            && self.aggregate == Some(event.subject)
            && self.version == Some(version)
            && self.ty.as_deref() == Some(&event.ty)
            && self.actor.as_deref() == Some(&event.actor);
        match (told, last.unwrap_or(0) + 1 == version) {
            (false, _) => Some("is not what its row says"),
            (true, false) => Some("is not the next one of its aggregate"),
            (true, true) => None,
        }
    }
}

/// Events that a living sequencer would have ordered long ago.
async fn homeless(db: &Database) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT j.event_id FROM journal j
         WHERE j.at < now() - interval '1 minute'
           AND NOT EXISTS (SELECT FROM journal_order o WHERE o.event_id = j.event_id)"
    )
    .fetch_all(db.worker())
    .await?;
    let finding = |id: uuid::Uuid| format!("event {id} has had no place for over a minute");
    Ok(rows.iter().map(|row| finding(row.event_id)).collect())
}

async fn parked(db: &Database) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query!("SELECT producer, seq, reason FROM parked ORDER BY producer, seq")
        .fetch_all(db.worker())
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            format!(
                "event {} of {} is parked: {}",
                row.seq, row.producer, row.reason
            )
        })
        .collect())
}
