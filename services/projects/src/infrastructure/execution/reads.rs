//! What happened to the goods of some projects, for their views.

use std::collections::HashMap;

use ids::{ClosureId, ParticipationId, SaleId, UserId};
use money::{Currency, Money};
use pg::{Uow, store_error};
use uow::StoreError;
use uuid::Uuid;

use crate::application::execution::ports::{ExecutionView, SaleView};
use crate::domain::execution::{
    Allotment, Closure, ClosureKind, ClosureWord, Counted, Sale, SaleLine,
};
use crate::domain::{ImportProject, ParticipantState};

/// By project: one query for each kind of fact, whatever the number of projects.
pub async fn views(
    uow: &mut Uow,
    projects: &[ImportProject],
) -> Result<HashMap<Uuid, ExecutionView>, StoreError> {
    let ids: Vec<Uuid> = projects.iter().map(|one| one.id.as_uuid()).collect();
    let currencies = projects
        .iter()
        .map(|one| (one.id.as_uuid(), one.currency()));
    let currencies: HashMap<Uuid, Currency> = currencies.collect();
    let mut found: HashMap<Uuid, ExecutionView> = HashMap::new();
    counts(uow, &ids, &mut found).await?;
    for (project, allotment) in allotments_of(uow, &ids, None).await? {
        let view = found.entry(project).or_default();
        view.allotments.push(allotment);
    }
    sales(uow, &currencies, &mut found).await?;
    closures(uow, &currencies, &mut found).await?;
    participants(uow, &ids, &mut found).await?;
    Ok(found)
}

async fn counts(
    uow: &mut Uow,
    projects: &[Uuid],
    found: &mut HashMap<Uuid, ExecutionView>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        "SELECT project_id, counted_at, note FROM goods_counts
         WHERE tenant_id = $1 AND project_id = ANY ($2)",
        uow.context().tenant.as_uuid(),
        projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    for row in rows {
        found.entry(row.project_id).or_default().count = Some((row.counted_at, row.note));
    }
    Ok(())
}

/// In the order of participations and of the sheet; one participation's only where it is named.
pub async fn allotments_of(
    uow: &mut Uow,
    projects: &[Uuid],
    participation: Option<ParticipationId>,
) -> Result<Vec<(Uuid, Allotment)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT a.project_id, a.participation_id, a.investor_id, a.sku, a.units,
                  a.handed_over_at IS NOT NULL AS "handed_over!",
                  a.lapsed_at IS NOT NULL AS "lapsed!"
           FROM allotments a JOIN products p USING (tenant_id, project_id, sku)
           WHERE a.tenant_id = $1 AND a.project_id = ANY ($2)
             AND ($3::uuid IS NULL OR a.participation_id = $3)
           ORDER BY a.participation_id, p.position"#,
        uow.context().tenant.as_uuid(),
        projects,
        participation.map(ParticipationId::as_uuid),
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut found: Vec<(Uuid, Allotment)> = Vec::new();
    for row in rows {
        let units = Counted {
            sku: row.sku,
            units: row.units,
        };
        match found.last_mut() {
            Some((_, own)) if own.participation.as_uuid() == row.participation_id => {
                own.units.push(units);
            }
            _ => found.push((
                row.project_id,
                Allotment {
                    participation: row.participation_id.into(),
                    investor: row.investor_id.into(),
                    units: vec![units],
                    handed_over: row.handed_over,
                    lapsed: row.lapsed,
                },
            )),
        }
    }
    Ok(found)
}

async fn sales(
    uow: &mut Uow,
    currencies: &HashMap<Uuid, Currency>,
    found: &mut HashMap<Uuid, ExecutionView>,
) -> Result<(), StoreError> {
    let projects: Vec<Uuid> = currencies.keys().copied().collect();
    let rows = sqlx::query!(
        r#"SELECT s.project_id, s.sale_id, s.buyer, s.net_minor,
                  m.claim_id IS NOT NULL AS "matched!", l.sku, l.units,
                  l.net_minor AS line_net_minor
           FROM sales s
           JOIN sale_lines l USING (tenant_id, sale_id)
           LEFT JOIN matched_claims m ON m.tenant_id = s.tenant_id AND m.claim_id = s.sale_id
           WHERE s.tenant_id = $1 AND s.project_id = ANY ($2)
           ORDER BY s.project_id, s.sale_id, l.position"#,
        uow.context().tenant.as_uuid(),
        &projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    for row in rows {
        let money = |minor| money(currencies, row.project_id, minor);
        let line = SaleLine {
            sku: row.sku,
            units: row.units,
            net: money(row.line_net_minor)?,
        };
        let sales = &mut found.entry(row.project_id).or_default().sales;
        match sales.last_mut() {
            Some(view) if view.sale.id.as_uuid() == row.sale_id => view.sale.lines.push(line),
            _ => sales.push(SaleView {
                sale: Sale {
                    id: SaleId::from(row.sale_id),
                    buyer: row.buyer,
                    net: money(row.net_minor)?,
                    lines: vec![line],
                },
                matched: row.matched,
            }),
        }
    }
    Ok(())
}

async fn closures(
    uow: &mut Uow,
    currencies: &HashMap<Uuid, Currency>,
    found: &mut HashMap<Uuid, ExecutionView>,
) -> Result<(), StoreError> {
    let projects: Vec<Uuid> = currencies.keys().copied().collect();
    let rows = sqlx::query_as!(
        ClosureRow,
        "SELECT project_id, closure_id, kind, sku, units, reason, price_minor, agreed_by
         FROM stock_closures WHERE tenant_id = $1 AND project_id = ANY ($2)
         ORDER BY project_id, closure_id",
        uow.context().tenant.as_uuid(),
        &projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    for row in rows {
        let project = row.project_id;
        let closure = row.closure(currency_of(currencies, project)?)?;
        found.entry(project).or_default().closures.push(closure);
    }
    Ok(())
}

async fn participants(
    uow: &mut Uow,
    projects: &[Uuid],
    found: &mut HashMap<Uuid, ExecutionView>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        "SELECT project_id, investor_id, state FROM participants
         WHERE tenant_id = $1 AND project_id = ANY ($2)",
        uow.context().tenant.as_uuid(),
        projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    for row in rows {
        if pg::stored::<ParticipantState>(&row.state)?.takes_part() {
            let view = found.entry(row.project_id).or_default();
            view.participants.push(row.investor_id.into());
        }
    }
    Ok(())
}

pub struct ClosureRow {
    pub project_id: Uuid,
    pub closure_id: Uuid,
    pub kind: String,
    pub sku: String,
    pub units: i64,
    pub reason: Option<String>,
    pub price_minor: Option<i64>,
    pub agreed_by: Option<Uuid>,
}

impl ClosureRow {
    pub fn closure(self, currency: Currency) -> Result<Closure, StoreError> {
        let missing = || StoreError::failed("a stock closure without its reason or price");
        let kind = match pg::stored(&self.kind)? {
            ClosureWord::WriteOff => ClosureKind::WriteOff {
                reason: self.reason.ok_or_else(missing)?,
            },
            ClosureWord::BuyBack => {
                let minor = self.price_minor.ok_or_else(missing)?;
                let price = Money::try_new(minor, currency).map_err(StoreError::failed)?;
                ClosureKind::BuyBack { price }
            }
        };
        Ok(Closure {
            id: ClosureId::from(self.closure_id),
            sku: self.sku,
            units: self.units,
            kind,
            agreed_by: self.agreed_by.map(UserId::from),
        })
    }
}

fn currency_of(
    currencies: &HashMap<Uuid, Currency>,
    project: Uuid,
) -> Result<Currency, StoreError> {
    let currency = currencies.get(&project).copied();
    currency.ok_or_else(|| StoreError::failed("a project that was not asked for"))
}

fn money(
    currencies: &HashMap<Uuid, Currency>,
    project: Uuid,
    minor: i64,
) -> Result<Money, StoreError> {
    Money::try_new(minor, currency_of(currencies, project)?).map_err(StoreError::failed)
}
