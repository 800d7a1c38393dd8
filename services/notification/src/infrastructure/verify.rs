//! Notification's own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

/// News reached their circle, and what is said to be sent was.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    Ok(vec![
        everybody_told(&db).await?,
        sent_as_recorded(&db).await?,
    ])
}

async fn everybody_told(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT n.event_id, s.user_id, EXISTS (
               SELECT FROM notices x WHERE x.tenant_id = n.tenant_id
                   AND x.event_id = n.event_id AND x.user_id = s.user_id) AS "told!"
           FROM news n JOIN seats s USING (tenant_id, project_id)
           WHERE s.is_owner OR NOT n.for_owner_only"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| !row.told)
        .map(|row| format!("event {}: {} was not told", row.event_id, row.user_id))
        .collect();
    Ok(Check {
        name: "a project's news reached everybody whom they concern".to_owned(),
        findings,
        examined,
    })
}

async fn sent_as_recorded(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT m.notice_id, m.state, (SELECT count(*) FROM journal j
               WHERE j.tenant_id = m.tenant_id AND j.aggregate = m.notice_id
                 AND j.type = 'fondeo.notification.v1.NoticeSent') AS "recorded!"
           FROM mails m"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| row.recorded != i64::from(row.state == "SENT"))
        .map(|row| {
            format!(
                "notice {}: its mail is {}, the record says sent {} times",
                row.notice_id, row.state, row.recorded
            )
        })
        .collect();
    Ok(Check {
        name: "every mail that was sent is recorded once, and no other".to_owned(),
        findings,
        examined,
    })
}
