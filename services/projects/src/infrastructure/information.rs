//! Key information sheets that were issued, and an owner's track record.

use std::collections::BTreeMap;

use costing::Costing;
use ids::{ProjectId, UserId};
use money::{Currency, Money, Ppm};
use pg::{Uow, store_error};
use sqlx::types::Json;
use strum::IntoEnumIterator as _;
use uow::StoreError;
use uuid::Uuid;

use crate::domain::{File, ProjectState, Raised, Sheets, Terms, TrackRecord};

/// The newest version, or another one.
pub async fn sheets(
    uow: &mut Uow,
    project: ProjectId,
    version: Option<u32>,
) -> Result<Option<Sheets>, StoreError> {
    let version = version.map(i32::try_from).transpose();
    let rows = sqlx::query!(
        "SELECT version, language, blob_key, sha256, length, issued_at FROM key_information
         WHERE tenant_id = $1 AND project_id = $2 AND version = coalesce($3,
             (SELECT max(version) FROM key_information
              WHERE tenant_id = $1 AND project_id = $2))",
        uow.context().tenant.as_uuid(),
        project.as_uuid(),
        version.map_err(StoreError::failed)?,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut found: Option<Sheets> = None;
    for row in rows {
        let sha256 = row.sha256.try_into();
        let file = File {
            key: row.blob_key,
            sha256: sha256.map_err(|_| StoreError::failed("no SHA-256"))?,
            media_type: "text/html".to_owned(),
            length: row.length,
        };
        let sheets = found.get_or_insert(Sheets {
            version: row.version.try_into().map_err(StoreError::failed)?,
            issued_at: row.issued_at,
            files: BTreeMap::new(),
        });
        sheets.files.insert(row.language, file);
    }
    Ok(found)
}

/// Stores every language's document.
pub async fn insert(uow: &mut Uow, project: ProjectId, sheets: &Sheets) -> Result<(), StoreError> {
    for (language, file) in &sheets.files {
        sqlx::query!(
            "INSERT INTO key_information (tenant_id, project_id, version, language, blob_key,
                 sha256, length, issued_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            uow.context().tenant.as_uuid(),
            project.as_uuid(),
            i32::try_from(sheets.version).map_err(StoreError::failed)?,
            language,
            file.key,
            file.sha256.as_slice(),
            file.length,
            sheets.issued_at,
        )
        .execute(uow.conn())
        .await
        .map_err(store_error)?;
    }
    Ok(())
}

/// Keeps what a run gave to each participation.
pub async fn keep_payments(
    uow: &mut Uow,
    (run, project): (Uuid, ProjectId),
    (participations, minors): (&[Uuid], &[i64]),
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO run_payments (tenant_id, run_id, project_id, participation_id, net_minor)
         SELECT $1, $2, $3, participation_id, net_minor
         FROM unnest($4::uuid[], $5::bigint[]) AS p (participation_id, net_minor)
         ON CONFLICT DO NOTHING",
        uow.context().tenant.as_uuid(),
        run,
        project.as_uuid(),
        participations,
        minors,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

/// What of an owner was counted so far.
#[derive(Default)]
struct Tally {
    late: i64,
    disputed: i64,
    states: BTreeMap<String, i64>,
    money: BTreeMap<String, Raised>,
}

/// Of these owners' projects that were shown.
pub async fn track_records(
    uow: &mut Uow,
    owners: &[UserId],
) -> Result<BTreeMap<UserId, TrackRecord>, StoreError> {
    let owners: Vec<Uuid> = owners.iter().map(|owner| owner.as_uuid()).collect();
    let rows = sqlx::query!(
        r#"SELECT p.owner_id, p.state, p.currency, p.goal_minor, p.snapshot_version,
                  p.terms AS "terms: Json<Terms>", p.costing AS "costing: Json<Costing>",
                  EXISTS (SELECT FROM project_flags f WHERE f.tenant_id = p.tenant_id
                      AND f.project_id = p.project_id AND f.flag = 'LATE') AS "late!",
                  EXISTS (SELECT FROM project_flags f WHERE f.tenant_id = p.tenant_id
                      AND f.project_id = p.project_id AND f.flag = 'DISPUTED') AS "disputed!",
                  (SELECT coalesce(sum(s.amount_minor), 0)::bigint FROM sealed_participations s
                   WHERE s.tenant_id = p.tenant_id AND s.project_id = p.project_id
                     AND s.share_type = 'PROFIT_ONLY') AS "cash!",
                  (SELECT coalesce(sum(r.net_minor), 0)::bigint
                   FROM run_payments r JOIN sealed_participations s
                       USING (tenant_id, participation_id)
                   WHERE r.tenant_id = p.tenant_id AND r.project_id = p.project_id
                     AND s.share_type = 'PROFIT_ONLY') AS "paid!"
           FROM projects p
           WHERE p.tenant_id = $1 AND p.owner_id = ANY ($2) AND p.published_at IS NOT NULL
           ORDER BY p.project_id"#,
        uow.context().tenant.as_uuid(),
        &owners,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut tallies = BTreeMap::<UserId, Tally>::new();
    for row in rows {
        let tally = tallies.entry(row.owner_id.into()).or_default();
        *tally.states.entry(row.state.clone()).or_default() += 1;
        tally.late += i64::from(row.late);
        tally.disputed += i64::from(row.disputed);
        let Some(goal) = row.goal_minor.filter(|_| row.snapshot_version > 0) else {
            continue;
        };
        let currency: Currency = pg::stored(&row.currency)?;
        let raised = tally.money.entry(row.currency);
        let raised = raised.or_insert(Raised::nothing(currency));
        let of = |minor: i64| Money::try_new(minor, currency).map_err(StoreError::failed);
        let add = |one: Money, minor| one.checked_add(of(minor)?).map_err(StoreError::failed);
        raised.raised = add(raised.raised, goal)?;
        if row.state != ProjectState::Settled.to_string() {
            continue;
        }
        let share = row.terms.map_or(Ppm::ZERO, |terms| terms.0.investor_share);
        let profit = row.costing.0.totals.projected_return;
        let profit = profit.mul_ratio(share.parts().into(), Ppm::SCALE);
        let profit = profit.and_then(|all| all.mul_ratio(row.cash.into(), goal.into()));
        let profit = profit.map_err(StoreError::failed)?;
        raised.settled += 1;
        raised.invested = add(raised.invested, row.cash)?;
        raised.paid = add(raised.paid, row.paid)?;
        raised.projected = add(raised.projected, row.cash + profit.minor())?;
    }
    let tallies = tallies.into_iter();
    Ok(tallies
        .map(|(owner, tally)| (owner, tally.into()))
        .collect())
}

impl From<Tally> for TrackRecord {
    fn from(tally: Tally) -> Self {
        let Tally {
            late,
            disputed,
            states,
            money,
        } = tally;
        let counted = ProjectState::iter().filter_map(|state| {
            let count = states.get(&state.to_string())?;
            Some((state, *count))
        });
        Self {
            states: counted.collect(),
            late,
            disputed,
            money: money.into_values().collect(),
        }
    }
}
