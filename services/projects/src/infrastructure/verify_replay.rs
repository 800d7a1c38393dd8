//! Folding the record of each project gives its row, its goods, its sales and its closures.

use std::collections::{BTreeMap, HashMap};

use contracts::journal::Check;
use contracts::projects::{self as pb, Event};
use journal::Envelope;
use money::{Currency, Money};
use pg::Database;
use sqlx::types::Json;
use sqlx::{Acquire as _, PgConnection};
use uuid::Uuid;

use super::execution::ClosureRow;
use super::messages::amount;
use super::replay::{Replayed, Units, replay};
use crate::domain::Terms;

/// Reads rows and record as they stood at one moment.
pub(super) async fn verify(db: &Database) -> Result<Check, sqlx::Error> {
    let mut conn = db.worker().acquire().await?;
    let mut tx = conn.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .execute(&mut *tx)
        .await?;
    let (told, mut findings) = record(&mut tx).await?;
    let stored = rows(&mut tx).await?;
    let examined = i64::try_from(told.len()).unwrap_or(i64::MAX);
    for (id, row) in &stored {
        let differ = match told.get(id) {
            Some(told) => told.differences(row),
            None => vec!["its whole record"],
        };
        if !differ.is_empty() {
            let differ = differ.join(", ");
            findings.push(format!(
                "project {id}: its record tells otherwise: {differ}"
            ));
        }
    }
    let gone = told.keys().filter(|id| !stored.contains_key(*id));
    findings.extend(gone.map(|id| format!("project {id}: it is recorded, and its row is gone")));
    Ok(Check {
        name: "replaying the record of every project gives its row".to_owned(),
        findings,
        examined,
    })
}

async fn record(
    conn: &mut PgConnection,
) -> Result<(BTreeMap<String, Replayed>, Vec<String>), sqlx::Error> {
    let bodies = sqlx::query_scalar!(
        "SELECT body FROM journal WHERE type LIKE 'fondeo.projects.%'
         ORDER BY aggregate, aggregate_version"
    )
    .fetch_all(conn)
    .await?;
    let (mut events, mut findings) = (Vec::new(), Vec::new());
    for body in bodies {
        let event = Envelope::read(0, &body).map_err(|err| err.to_string());
        let event = event
            .and_then(|event| Event::decode(&event.ty, &event.data).map_err(|err| err.to_string()));
        match event {
            Ok(event) => events.push(event),
            Err(err) => findings.push(format!("an event can't be read: {err}")),
        }
    }
    Ok((replay(events), findings))
}

async fn rows(conn: &mut PgConnection) -> Result<BTreeMap<String, Replayed>, sqlx::Error> {
    let projects = sqlx::query!(
        r#"SELECT project_id, owner_id, currency, terms AS "terms: Json<Terms>", goal_minor, state,
                  funding_outcome, flag, settlement_phase, liquidation, cancel_reason,
                  completion_declared
           FROM projects"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let (mut found, mut currencies) = (BTreeMap::new(), HashMap::new());
    for row in projects {
        let currency: Currency = word(&row.currency)?;
        currencies.insert(row.project_id, currency);
        let goal = row.goal_minor.map(|minor| money(minor, currency));
        let project = Replayed {
            owner: row.owner_id.to_string(),
            terms: row.terms.as_ref().map(|terms| pb::Terms::from(&terms.0)),
            goal: goal.transpose()?.map(amount),
            state: word(&row.state)?,
            funding_outcome: word(&row.funding_outcome)?,
            flag: word(&row.flag)?,
            settlement_phase: word(&row.settlement_phase)?,
            liquidation: word(&row.liquidation)?,
            cancel_reason: row.cancel_reason.unwrap_or_default(),
            completion_declared: row.completion_declared,
            ..Replayed::default()
        };
        found.insert(row.project_id, project);
    }
    stock(conn, &mut found).await?;
    sales(conn, &mut found, &currencies).await?;
    closures(conn, &mut found, &currencies).await?;
    let named = found
        .into_iter()
        .map(|(id, project)| (id.to_string(), project));
    Ok(named.collect())
}

async fn stock(
    conn: &mut PgConnection,
    found: &mut BTreeMap<Uuid, Replayed>,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT project_id, sku, received AS "received!", allotted, handed_over, sold,
                  written_off, bought_back
           FROM products WHERE received IS NOT NULL"#
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(project) = found.get_mut(&row.project_id) {
            let units = Units {
                received: Some(row.received),
                allotted: row.allotted,
                handed_over: row.handed_over,
                sold: row.sold,
                written_off: row.written_off,
                bought_back: row.bought_back,
            };
            project.stock.insert(row.sku, units);
        }
    }
    Ok(())
}

async fn sales(
    conn: &mut PgConnection,
    found: &mut BTreeMap<Uuid, Replayed>,
    currencies: &HashMap<Uuid, Currency>,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT s.project_id, s.sale_id, s.net_minor, l.sku, l.units, l.net_minor AS line_minor
         FROM sales s JOIN sale_lines l USING (tenant_id, sale_id)
         ORDER BY s.sale_id, l.position"
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let project = found.get_mut(&row.project_id);
        let Some((project, currency)) = project.zip(currencies.get(&row.project_id)) else {
            continue;
        };
        let net = amount(money(row.net_minor, *currency)?);
        let sale = project.sales.entry(row.sale_id.to_string());
        let (_, lines) = sale.or_insert_with(|| (Some(net), Vec::new()));
        lines.push(pb::SaleLine {
            sku: row.sku,
            units: row.units,
            net: Some(amount(money(row.line_minor, *currency)?)),
        });
    }
    Ok(())
}

async fn closures(
    conn: &mut PgConnection,
    found: &mut BTreeMap<Uuid, Replayed>,
    currencies: &HashMap<Uuid, Currency>,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query_as!(
        ClosureRow,
        "SELECT project_id, closure_id, kind, sku, units, reason, price_minor, agreed_by
         FROM stock_closures"
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let project = found.get_mut(&row.project_id);
        let Some((project, currency)) = project.zip(currencies.get(&row.project_id)) else {
            continue;
        };
        let closure = row.closure(*currency).map_err(broken)?;
        let closure = pb::StockClosure::from(&closure);
        project.closures.insert(closure.closure_id.clone(), closure);
    }
    Ok(())
}

fn money(minor: i64, currency: Currency) -> Result<Money, sqlx::Error> {
    Money::try_new(minor, currency).map_err(broken)
}

fn word<T: std::str::FromStr>(text: &str) -> Result<T, sqlx::Error> {
    let unknown = || broken(format!("`{text}` is no word of ours"));
    text.parse().map_err(|_| unknown())
}

fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(cause.into())
}
