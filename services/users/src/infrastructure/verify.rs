//! Users' own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

/// KYC states, limits and consents are what the record says, and nobody decided on themselves.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    Ok(vec![
        as_recorded(&db).await?,
        decided_by_others(&db).await?,
        limits_as_recorded(&db).await?,
        consents_as_recorded(&db).await?,
    ])
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
                   WHEN 'fondeo.users.v1.KycSuspended' THEN 'SUSPENDED' END AS state,
                   (j.body::jsonb #>> '{data,validUntil}')::timestamptz AS until
               FROM journal j
               WHERE j.tenant_id = p.tenant_id AND j.aggregate = p.user_id
                 AND j.type IN ('fondeo.users.v1.KycSubmitted', 'fondeo.users.v1.KycVerified',
                     'fondeo.users.v1.KycRejected', 'fondeo.users.v1.KycExpired',
                     'fondeo.users.v1.KycSuspended')
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
         WHERE type IN ('fondeo.users.v1.KycVerified', 'fondeo.users.v1.KycRejected',
             'fondeo.users.v1.KycSuspended', 'fondeo.users.v1.InvestorLimitsSet',
             'fondeo.users.v1.CategoryRefused')"
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
        name: "nobody decided on their own identity or limits".to_owned(),
        findings,
        examined,
    })
}

async fn limits_as_recorded(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT i.user_id, i.category,
                  coalesce(last.data ->> 'category', 'RETAIL') AS "recorded!",
                  (i.per_project_minor, i.per_project_currency, i.per_12_months_minor,
                   i.per_12_months_currency)
                  IS NOT DISTINCT FROM
                  ((last.data #>> '{perProject,minor}')::bigint,
                   last.data #>> '{perProject,currency}',
                   (last.data #>> '{per12Months,minor}')::bigint,
                   last.data #>> '{per12Months,currency}') AS "limits_hold!"
           FROM investors i LEFT JOIN LATERAL (
               SELECT j.body::jsonb -> 'data' AS data FROM journal j
               WHERE j.tenant_id = i.tenant_id AND j.aggregate = i.user_id
                 AND j.type = 'fondeo.users.v1.InvestorLimitsSet'
               ORDER BY j.aggregate_version DESC LIMIT 1) last ON true"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| row.category != row.recorded || !row.limits_hold)
        .map(|row| {
            let user = row.user_id;
            format!("investor {user}: category or limits are not those of the record")
        })
        .collect();
    Ok(Check {
        name: "every category and limit is what the record says last".to_owned(),
        findings,
        examined,
    })
}

async fn consents_as_recorded(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH recorded AS (
               SELECT tenant_id, aggregate AS user_id, body::jsonb #>> '{data,consent}' AS consent,
                      (body::jsonb #>> '{data,version}')::int AS version
               FROM journal WHERE type = 'fondeo.users.v1.ConsentGiven')
           SELECT user_id AS "user_id!", consent AS "consent!", version AS "version!",
                  c.given_at IS NOT NULL AND r.tenant_id IS NOT NULL AS "holds!"
           FROM consents c
           FULL JOIN recorded r USING (tenant_id, user_id, consent, version)"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| !row.holds)
        .map(|row| {
            let (user, consent, version) = (row.user_id, row.consent, row.version);
            format!("person {user}: {consent} {version} stands in one of table and record only")
        })
        .collect();
    Ok(Check {
        name: "every consent stands in the record".to_owned(),
        findings,
        examined,
    })
}
