//! The check of the record: every event has its place, and the chain recomputes.

use contracts::journal::Check;
use futures::TryStreamExt as _;
use pg::Database;

use crate::{GENESIS, chain};

/// Recomputes the whole chain from the stored bytes. The second value is the newest hash.
pub async fn verify_chain(db: &Database) -> Result<(Vec<Check>, [u8; 32], i64), sqlx::Error> {
    let mut findings = Vec::new();
    let (mut expected, mut hash) = (0_i64, GENESIS);
    let mut rows = sqlx::query!(
        r#"SELECT o.seq, o.hash, o.event_id, j.body AS "body?"
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
            check("every event has its place", homeless),
            check("no event is parked", parked),
        ],
        hash,
        expected,
    ))
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
