//! Users' own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

/// Every KYC state is what the record says last, and nobody decided on themselves.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    Ok(vec![as_recorded(&db).await?, decided_by_others(&db).await?])
}

async fn as_recorded(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT p.user_id, p.kyc_state, coalesce(last.state, 'NONE') AS "recorded!",
                  coalesce(abs(extract(epoch FROM p.kyc_valid_until - last.until)) < 1,
                      p.kyc_valid_until IS NULL AND last.until IS NULL) AS "until_holds!"
           FROM profiles p LEFT JOIN LATERAL (
               SELECT CASE j.type
                   WHEN 'fondeo.users.v1.KycSubmitted' THEN 'PENDING'
                   WHEN 'fondeo.users.v1.KycVerified' THEN 'VERIFIED'
                   WHEN 'fondeo.users.v1.KycRejected' THEN 'REJECTED'
                   WHEN 'fondeo.users.v1.KycExpired' THEN 'EXPIRED'
                   ELSE j.type END AS state,
                   (j.body::jsonb #>> '{data,validUntil}')::timestamptz AS until
               FROM journal j
               WHERE j.tenant_id = p.tenant_id AND j.aggregate = p.user_id
                 AND j.type LIKE 'fondeo.users.%'
               ORDER BY j.aggregate_version DESC LIMIT 1) last ON true"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter_map(|row| {
            let (user, state, recorded) = (row.user_id, row.kyc_state, row.recorded);
            if state != recorded {
                Some(format!(
                    "profile {user}: KYC is {state}, the record says {recorded}"
                ))
            } else if !row.until_holds {
                Some(format!(
                    "profile {user}: KYC ends at another time than the record says"
                ))
            } else {
                None
            }
        })
        .collect();
    Ok(Check {
        name: "every KYC state is what the record says last".to_owned(),
        findings,
        examined,
    })
}

async fn decided_by_others(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT event_id, aggregate, actor FROM journal
         WHERE type IN ('fondeo.users.v1.KycVerified', 'fondeo.users.v1.KycRejected')"
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| row.actor == format!("user:{}", row.aggregate))
        .map(|row| {
            format!(
                "event {}: {} decided on themselves",
                row.event_id, row.actor
            )
        })
        .collect();
    Ok(Check {
        name: "nobody decided on their own identity".to_owned(),
        findings,
        examined,
    })
}
