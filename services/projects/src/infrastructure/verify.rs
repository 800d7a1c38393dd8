//! Projects' own invariants, looked at as a whole (security.md).

use std::collections::HashMap;
use std::fmt::Write as _;

use clock::to_text;
use contracts::journal::Check;
use pg::Database;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{execution, verify_replay};

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
    Ok(vec![
        sealed,
        seals(&db).await?,
        execution::verify(&db).await?,
        verify_replay::verify(&db).await?,
    ])
}

/// The hash as it is defined in Participation's contract.
async fn seals(db: &Database) -> Result<Check, sqlx::Error> {
    let entries = sqlx::query!(
        r#"SELECT project_id, participation_id, investor_id, amount_minor, share_type, approved_at
           FROM sealed_participations
           ORDER BY tenant_id, project_id, approved_at, participation_id"#
    )
    .fetch_all(db.worker())
    .await?;
    let mut lists = HashMap::<Uuid, String>::new();
    for one in entries {
        let (id, investor, at) = (
            one.participation_id,
            one.investor_id,
            to_text(one.approved_at),
        );
        let (minor, share) = (one.amount_minor, one.share_type);
        let list = lists.entry(one.project_id).or_default();
        writeln!(list, "{id}|{investor}|{minor}|{share}|{at}").expect("memory");
    }
    let rows = sqlx::query!(
        r#"SELECT project_id, seal_hash AS "hash!" FROM projects WHERE seal_hash IS NOT NULL"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter(|row| {
            let list = lists.get(&row.project_id).map_or("", String::as_str);
            let digest: [u8; 32] = Sha256::digest(list).into();
            hex::encode(digest) != row.hash
        })
        .map(|row| {
            format!(
                "project {}: its list is not what was sealed",
                row.project_id
            )
        })
        .collect();
    Ok(Check {
        name: "the sealed list of every project matches its hash".to_owned(),
        findings,
        examined,
    })
}
