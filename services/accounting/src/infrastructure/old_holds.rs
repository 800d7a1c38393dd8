//! Holds that nobody decided about in time: Participation expires requests, and when a hold is
//! still open a day later, something stands still that a person must look at.

use contracts::journal::Check;
use pg::{Database, store_error};
use sqlx::PgPool;
use uow::StoreError;

use super::verify::check;

/// Counts them for the operator: a metric, and a warning while there are some.
pub async fn watch_old_holds(db: Database) -> Result<(), StoreError> {
    let (old, _) = find(db.worker()).await.map_err(store_error)?;
    let count = old.len();
    if count > 0 {
        tracing::warn!(
            gauge.old_holds = count,
            "holds are open a day after their deadline"
        );
    } else {
        tracing::debug!(gauge.old_holds = count, "no hold is old");
    }
    Ok(())
}

/// The same as a check.
pub(super) async fn old_holds(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let (old, examined) = find(pool).await?;
    let finding = |id: String| format!("the hold of participation {id} is open after its deadline");
    let name = "no hold is open a day after its deadline";
    Ok(check(
        name,
        examined,
        old.into_iter().map(finding).collect(),
    ))
}

/// The participations whose holds are old, and how many deadlines there are.
async fn find(pool: &PgPool) -> Result<(Vec<String>, usize), sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT h.participation_id::text AS "id!",
                  t.transfer_id IS NOT NULL AND e.transfer_id IS NULL
                  AND h.decide_by + interval '24 hours'
                      < now() + make_interval(secs => b.offset_s::float8) AS "old!"
           FROM hold_deadlines h CROSS JOIN business_clock b
           LEFT JOIN transfers t ON t.tenant_id = h.tenant_id
            AND t.transfer_id = h.participation_id AND t.kind = 'PENDING'
           LEFT JOIN transfers e ON e.tenant_id = h.tenant_id AND e.pending_id = t.transfer_id"#
    )
    .fetch_all(pool)
    .await?;
    let examined = rows.len();
    let old = rows.into_iter().filter(|row| row.old).map(|row| row.id);
    Ok((old.collect(), examined))
}
