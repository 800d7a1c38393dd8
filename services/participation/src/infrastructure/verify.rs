//! Participation's own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use contracts::participation::Event;
use pg::Database;
use sqlx::Error;

use super::replay::Replay;
use crate::domain::ParticipationState;

/// The sums are those of the rows, and the rows are what the record says when it is replayed.
pub async fn verify(db: Database) -> Result<Vec<Check>, Error> {
    let (replay, unreadable) = replayed(&db).await?;
    Ok(vec![
        sums(&db).await?,
        exposures(&db).await?,
        unreadable,
        offerings(&db, &replay).await?,
        participations(&db, &replay).await?,
    ])
}

fn check(name: &str, examined: usize, findings: Vec<String>) -> Check {
    Check {
        name: name.to_owned(),
        findings,
        examined: i64::try_from(examined).unwrap_or(i64::MAX),
    }
}

async fn sums(db: &Database) -> Result<Check, Error> {
    let rows = sqlx::query!(
        r#"SELECT o.project_id, o.reserved_minor, o.approved_minor, o.stake_minor,
                  coalesce(sum(p.amount_minor) FILTER (WHERE p.state = 'REQUESTED'), 0)::bigint
                      AS "requests!",
                  coalesce(sum(p.amount_minor) FILTER
                      (WHERE p.state IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')),
                      0)::bigint AS "taken!",
                  coalesce(sum(p.amount_minor) FILTER (WHERE p.owner_stake AND
                      p.state IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')),
                      0)::bigint AS "stake!"
           FROM offerings o LEFT JOIN participations p USING (tenant_id, project_id)
           GROUP BY o.tenant_id, o.project_id"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let findings = rows
        .into_iter()
        .filter_map(|row| {
            let says = (row.reserved_minor, row.approved_minor, row.stake_minor);
            let is = (row.requests, row.taken, row.stake);
            (says != is).then(|| {
                format!(
                    "offering {}: reserved, approved and stake are {says:?}, but its \
                     participations say {is:?}",
                    row.project_id
                )
            })
        })
        .collect();
    let name = "the sums of every offering are those of its participations";
    Ok(check(name, examined, findings))
}

async fn exposures(db: &Database) -> Result<Check, Error> {
    let rows = sqlx::query!(
        r#"WITH counted AS (
               SELECT p.tenant_id, p.investor_id, o.currency, sum(p.amount_minor)::bigint AS minor
               FROM participations p JOIN offerings o USING (tenant_id, project_id)
               WHERE p.state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')
               GROUP BY p.tenant_id, p.investor_id, o.currency)
           SELECT investor_id AS "investor_id!", currency AS "currency!",
                  coalesce(e.committed_minor, 0) AS "committed!", coalesce(c.minor, 0) AS "counted!"
           FROM investor_exposure e FULL JOIN counted c USING (tenant_id, investor_id, currency)"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let findings = rows
        .into_iter()
        .filter(|row| row.committed != row.counted)
        .map(|row| {
            format!(
                "investor {} has {} {} in projects, but the participations say {}",
                row.investor_id, row.committed, row.currency, row.counted
            )
        })
        .collect();
    let name = "what every investor has in projects is the sum of what counts";
    Ok(check(name, examined, findings))
}

/// Everything that was ever recorded, folded.
async fn replayed(db: &Database) -> Result<(Replay, Check), Error> {
    let rows = sqlx::query!(
        r#"SELECT tenant_id, aggregate, type, body::jsonb -> 'data' AS "data!"
           FROM journal WHERE type LIKE 'fondeo.participation.v1.%'
           ORDER BY tenant_id, aggregate, aggregate_version"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let mut replay = Replay::default();
    let mut findings = Vec::new();
    for row in rows {
        let key = (row.tenant_id, row.aggregate);
        let taken = Event::decode(&row.r#type, &row.data)
            .map_err(|unreadable| format!("{}: {unreadable}", row.aggregate))
            .and_then(|event| replay.take(key, event));
        findings.extend(taken.err());
    }
    let name = "every event of a round follows from the ones before it";
    Ok((replay, check(name, examined, findings)))
}

async fn offerings(db: &Database, replay: &Replay) -> Result<Check, Error> {
    let rows = sqlx::query!(
        "SELECT tenant_id, project_id, goal_minor, reserved_minor, approved_minor, numbers,
                status, seal_hash FROM offerings"
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let figures = replay.figures();
    let mut recorded = replay.offerings.clone();
    let mut findings = Vec::new();
    for row in rows {
        let id = row.project_id;
        let Some(offering) = recorded.remove(&(row.tenant_id, id)) else {
            findings.push(format!("offering {id} is not in the record"));
            continue;
        };
        let (reserved, approved, numbers) = figures
            .get(&(row.tenant_id, id.to_string()))
            .copied()
            .unwrap_or_default();
        let says = (
            row.goal_minor,
            row.reserved_minor,
            row.approved_minor,
            row.numbers,
        );
        let is = (offering.goal_minor, reserved, approved, numbers);
        let status = offering.status.to_string();
        if says != is || row.status != status || row.seal_hash != offering.seal_hash {
            findings.push(format!(
                "offering {id} is {} with {says:?}, the record says {status} with {is:?}",
                row.status
            ));
        }
    }
    let gone = recorded.into_keys();
    findings.extend(gone.map(|(_, id)| format!("offering {id} is in the record, and gone")));
    let name = "every offering is what the record says of it";
    Ok(check(name, examined, findings))
}

async fn participations(db: &Database, replay: &Replay) -> Result<Check, Error> {
    let rows = sqlx::query!(
        r#"SELECT p.tenant_id, p.participation_id, p.project_id, p.investor_id, p.amount_minor,
                  p.share_type, p.owner_stake, p.state, p.funding, p.number,
                  coalesce(p.agreement_hash, '') AS "agreement_hash!",
                  coalesce((SELECT a.sha256 FROM agreements a WHERE a.tenant_id = p.tenant_id
                      AND a.participation_id = p.participation_id), '') AS "signed!"
           FROM participations p"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = rows.len();
    let mut recorded = replay.participations.clone();
    let mut findings = Vec::new();
    for row in rows {
        let id = row.participation_id;
        let Some(one) = recorded.remove(&(row.tenant_id, id)) else {
            findings.push(format!("participation {id} is not in the record"));
            continue;
        };
        let (project, investor) = (row.project_id.to_string(), row.investor_id.to_string());
        let is_asked = (
            &project,
            &investor,
            &row.share_type,
            row.amount_minor,
            row.owner_stake,
        ) == (
            &one.project,
            &one.investor,
            &one.share_type,
            one.minor,
            one.owner_stake,
        ) && row.number == one.number;
        let is_signed =
            row.agreement_hash == one.agreement_hash && row.signed == row.agreement_hash;
        let state = one.state.to_string();
        // Before there was an event for it, a liquidation was the project's alone to tell.
        let is_there = row.state == state
            || (one.funding.is_none()
                && one.state == ParticipationState::Active
                && row.state == "LIQUIDATED");
        let is_funded = one
            .funding
            .is_none_or(|funding| funding.to_string() == row.funding);
        if !is_asked {
            findings.push(format!("participation {id} is not what was requested"));
        } else if !is_signed {
            findings.push(format!("participation {id} is not what was signed"));
        } else if !is_there || !is_funded {
            let funding = one
                .funding
                .map_or("?".to_owned(), |funding| funding.to_string());
            findings.push(format!(
                "participation {id} is {} and {}, the record says {state} and {funding}",
                row.state, row.funding
            ));
        }
    }
    let gone = recorded.into_keys();
    findings.extend(gone.map(|(_, id)| format!("participation {id} is in the record, and gone")));
    let name = "every participation is what the record says of it";
    Ok(check(name, examined, findings))
}
