//! Projects' own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

use super::execution;

/// The sealed list of every project adds up to its seal and its goal, its goods to their records.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT p.project_id, p.seal_total_minor, p.goal_minor,
                  coalesce(sum(s.amount_minor), 0)::bigint AS "listed!"
           FROM projects p LEFT JOIN sealed_participations s USING (tenant_id, project_id)
           GROUP BY p.tenant_id, p.project_id"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| {
            let sealed = row.seal_total_minor.unwrap_or_default();
            sealed != row.listed || (sealed > 0 && row.goal_minor != Some(sealed))
        })
        .map(|row| {
            format!(
                "project {}: sealed {:?}, goal {:?}, but its list says {}",
                row.project_id, row.seal_total_minor, row.goal_minor, row.listed
            )
        })
        .collect();
    let name = "the sealed list of every project adds up to its seal and its goal".to_owned();
    let sealed = Check {
        name,
        findings,
        examined,
    };
    Ok(vec![sealed, execution::verify(&db).await?])
}
