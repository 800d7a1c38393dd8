//! Participation's own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

/// The sums of every offering are those of its participations, and these are as recorded.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    Ok(vec![sums(&db).await?, as_recorded(&db).await?])
}

fn check(name: &str, examined: usize, findings: Vec<String>) -> Check {
    Check {
        name: name.to_owned(),
        findings,
        examined: i64::try_from(examined).unwrap_or(i64::MAX),
    }
}

async fn sums(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT o.project_id, o.reserved_minor, o.approved_minor,
                  coalesce(sum(p.amount_minor) FILTER (WHERE p.state = 'REQUESTED'), 0)::bigint
                      AS "requests!",
                  coalesce(sum(p.amount_minor) FILTER
                      (WHERE p.state IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')),
                      0)::bigint AS "taken!"
           FROM offerings o LEFT JOIN participations p USING (tenant_id, project_id)
           GROUP BY o.tenant_id, o.project_id"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let findings = rows
        .into_iter()
        .filter(|row| (row.reserved_minor, row.approved_minor) != (row.requests, row.taken))
        .map(|row| {
            format!(
                "offering {}: reserved {} and approved {}, but its participations say {} and {}",
                row.project_id, row.reserved_minor, row.approved_minor, row.requests, row.taken
            )
        })
        .collect();
    let name = "the sums of every offering are those of its participations";
    Ok(check(name, examined, findings))
}

/// Whose, how much and how far: as its first event and its last one say. A liquidation is the
/// project's to tell.
async fn as_recorded(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH event AS (
               SELECT tenant_id, aggregate AS participation_id, aggregate_version,
                      upper(substr(split_part(type, '.', 4), 14)) AS word,
                      body::jsonb -> 'data' AS data
               FROM journal WHERE type LIKE 'fondeo.participation.v1.Participation%'),
           requested AS (
               SELECT tenant_id, participation_id, data FROM event WHERE word = 'REQUESTED'),
           last AS (
               SELECT DISTINCT ON (tenant_id, participation_id) tenant_id, participation_id,
                      CASE word WHEN 'HELD' THEN 'REQUESTED' WHEN 'ACTIVATED' THEN 'ACTIVE'
                          ELSE word END AS state
               FROM event ORDER BY tenant_id, participation_id, aggregate_version DESC)
           SELECT participation_id AS "id!", p.state AS "state?", l.state AS recorded,
                  coalesce((p.investor_id::text, p.project_id::text, p.share_type,
                          p.amount_minor::text)
                      = (r.data ->> 'investorId', r.data ->> 'projectId', r.data ->> 'type',
                          r.data #>> '{amount,minor}'), false) AS "as_requested!"
           FROM participations p
           FULL JOIN requested r USING (tenant_id, participation_id)
           LEFT JOIN last l USING (tenant_id, participation_id)"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let findings = rows
        .into_iter()
        .filter_map(|row| {
            let id = row.id;
            let Some(state) = row.state else {
                return Some(format!("participation {id} is in the record, and gone"));
            };
            let recorded = row.recorded.unwrap_or_default();
            let is_there = state == recorded || (state == "LIQUIDATED" && recorded == "ACTIVE");
            if !row.as_requested {
                Some(format!("participation {id} is not what was requested"))
            } else if !is_there {
                Some(format!(
                    "participation {id} is {state}, the record says {recorded}"
                ))
            } else {
                None
            }
        })
        .collect();
    let name = "every participation is what the record says of it";
    Ok(check(name, examined, findings))
}
