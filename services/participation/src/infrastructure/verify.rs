//! Participation's own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

/// The sums of every offering are those of its participations.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
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
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
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
    let name = "the sums of every offering are those of its participations".to_owned();
    Ok(vec![Check {
        name,
        findings,
        examined,
    }])
}
