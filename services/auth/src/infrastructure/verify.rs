//! Auth's own invariant, looked at as a whole: nobody has an account or a role that the record
//! does not tell of, and nobody lost one, so that what was written past the service is found.

use contracts::journal::Check;
use pg::Database;

/// Every account and every role stands in the record.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    let unrecorded = sqlx::query!(
        r#"SELECT a.user_id, r.role AS "role?"
           FROM accounts a LEFT JOIN roles r USING (tenant_id, user_id)
           WHERE NOT EXISTS (
               SELECT FROM journal j
               WHERE j.tenant_id = a.tenant_id AND j.aggregate = a.user_id
                 AND (j.type = 'fondeo.auth.v1.UserRegistered'
                          AND (r.role IS NULL OR (j.body::jsonb #> '{data,roles}') ? r.role)
                      OR j.type = 'fondeo.auth.v1.RoleGranted'
                          AND j.body::jsonb #>> '{data,role}' = r.role))"#
    )
    .fetch_all(db.worker())
    .await?;
    let lost = sqlx::query!(
        r#"WITH given AS (
               SELECT tenant_id, aggregate AS user_id, role
               FROM journal, jsonb_array_elements_text(coalesce(body::jsonb #> '{data,roles}',
                   jsonb_build_array(body::jsonb #> '{data,role}'))) AS role
               WHERE type IN ('fondeo.auth.v1.UserRegistered', 'fondeo.auth.v1.RoleGranted'))
           SELECT DISTINCT user_id AS "user_id!", role AS "role!"
           FROM given LEFT JOIN roles r USING (tenant_id, user_id, role)
           WHERE r.tenant_id IS NULL AND role IS NOT NULL"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = sqlx::query_scalar!(r#"SELECT count(*) AS "accounts!" FROM accounts"#)
        .fetch_one(db.worker())
        .await?;
    let finding = |user: uuid::Uuid, role: Option<String>| match role {
        Some(role) => format!("person {user} has the role {role}, which nobody gave"),
        None => format!("person {user} has an account and never registered"),
    };
    let findings = unrecorded
        .into_iter()
        .map(|row| finding(row.user_id, row.role))
        .chain(lost.into_iter().map(|row| {
            let (user, role) = (row.user_id, row.role);
            format!("person {user} lost the role {role}, which nobody took")
        }))
        .collect();
    Ok(vec![Check {
        name: "every account and every role stands in the record".to_owned(),
        findings,
        examined,
    }])
}
