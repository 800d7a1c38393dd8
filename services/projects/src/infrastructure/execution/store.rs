//! The goods of a project and how they leave.

use async_trait::async_trait;
use ids::{ClaimId, ClosureId, ParticipationId, ProjectId};
use money::Money;
use pg::{Uow, store_error};
use uow::{StoreError, UnitOfWork as _};

use super::publisher;
use super::reads::{ClosureRow, allotments_of};
use crate::application::execution::ports::GoodsTx;
use crate::domain::ImportProject;
use crate::domain::execution::{
    Allotment, Closure, ClosureKind, ClosureWord, Goods, Sale, SaleLine, Stock,
};

#[async_trait]
impl GoodsTx for Uow {
    async fn goods(&mut self, project: ProjectId) -> Result<Option<Goods>, StoreError> {
        let rows = sqlx::query!(
            "SELECT sku, received, allotted, handed_over, sold, written_off, bought_back
             FROM products WHERE tenant_id = $1 AND project_id = $2 ORDER BY position",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        // Every product is counted at once, or none is.
        let stock: Option<Vec<_>> = rows
            .into_iter()
            .map(|row| {
                Some(Stock {
                    sku: row.sku,
                    received: row.received?,
                    allotted: row.allotted,
                    handed_over: row.handed_over,
                    sold: row.sold,
                    written_off: row.written_off,
                    bought_back: row.bought_back,
                })
            })
            .collect();
        Ok(stock.map(Goods::restore))
    }

    async fn add_goods(
        &mut self,
        project: &ImportProject,
        goods: &Goods,
        allotments: &[Allotment],
        note: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query!(
            "INSERT INTO goods_counts (tenant_id, project_id, counted_at, note)
             VALUES ($1, $2, $3, $4)",
            self.context().tenant.as_uuid(),
            project.id.as_uuid(),
            now,
            note,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        update_stock(self, project.id, goods).await?;
        for allotment in allotments {
            insert_allotment(self, project.id, allotment).await?;
        }
        publisher::goods_received(self, project, goods, allotments).await
    }

    async fn allotment(
        &mut self,
        project: ProjectId,
        participation: ParticipationId,
    ) -> Result<Option<Allotment>, StoreError> {
        let mut found = allotments_of(self, &[project.as_uuid()], Some(participation)).await?;
        Ok(found.pop().map(|(_, allotment)| allotment))
    }

    async fn save_hand_over(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        allotment: &Allotment,
    ) -> Result<(), StoreError> {
        let now = self.now();
        update_stock(self, project, goods).await?;
        sqlx::query!(
            "UPDATE allotments SET handed_over_at = $3
             WHERE tenant_id = $1 AND participation_id = $2",
            self.context().tenant.as_uuid(),
            allotment.participation.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::goods_handed_over(self, project, allotment).await
    }

    async fn open_allotments(&mut self, project: ProjectId) -> Result<Vec<Allotment>, StoreError> {
        let all = allotments_of(self, &[project.as_uuid()], None).await?;
        let all = all.into_iter().map(|(_, allotment)| allotment);
        Ok(all.filter(|one| !one.handed_over && !one.lapsed).collect())
    }

    async fn save_lapse(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        allotment: &Allotment,
    ) -> Result<(), StoreError> {
        let now = self.now();
        update_stock(self, project, goods).await?;
        sqlx::query!(
            "UPDATE allotments SET lapsed_at = $3
             WHERE tenant_id = $1 AND participation_id = $2",
            self.context().tenant.as_uuid(),
            allotment.participation.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::allotment_lapsed(self, project, allotment).await
    }

    async fn add_sale(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        sale: &Sale,
    ) -> Result<(), StoreError> {
        let now = self.now();
        update_stock(self, project, goods).await?;
        sqlx::query!(
            "INSERT INTO sales (tenant_id, sale_id, project_id, buyer, net_minor, reported_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            self.context().tenant.as_uuid(),
            sale.id.as_uuid(),
            project.as_uuid(),
            sale.buyer,
            sale.net.minor(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        insert_lines(self, project, sale).await?;
        publisher::sale_reported(self, project, sale).await
    }

    async fn closure(
        &mut self,
        project: &ImportProject,
        id: ClosureId,
    ) -> Result<Option<Closure>, StoreError> {
        let row = sqlx::query_as!(
            ClosureRow,
            "SELECT project_id, closure_id, kind, sku, units, reason, price_minor, agreed_by
             FROM stock_closures WHERE tenant_id = $1 AND project_id = $2 AND closure_id = $3",
            self.context().tenant.as_uuid(),
            project.id.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(|row| row.closure(project.currency())).transpose()
    }

    async fn add_closure(
        &mut self,
        project: &ImportProject,
        closure: &Closure,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let (reason, price) = match &closure.kind {
            ClosureKind::WriteOff { reason } => (Some(reason.as_str()), None),
            ClosureKind::BuyBack { price } => (None, Some(price.minor())),
        };
        sqlx::query!(
            "INSERT INTO stock_closures (tenant_id, closure_id, project_id, kind, sku, units,
                 reason, price_minor, proposed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.context().tenant.as_uuid(),
            closure.id.as_uuid(),
            project.id.as_uuid(),
            <&str>::from(ClosureWord::from(&closure.kind)),
            closure.sku,
            closure.units,
            reason,
            price,
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::closure_proposed(self, project, closure).await
    }

    async fn save_agreement(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        closure: &Closure,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let price = match &closure.kind {
            ClosureKind::WriteOff { .. } => None,
            ClosureKind::BuyBack { price } => Some(price.minor()),
        };
        update_stock(self, project, goods).await?;
        sqlx::query!(
            "UPDATE stock_closures SET price_minor = $3, agreed_by = $4, agreed_at = $5
             WHERE tenant_id = $1 AND closure_id = $2",
            self.context().tenant.as_uuid(),
            closure.id.as_uuid(),
            price,
            closure.agreed_by.map(ids::UserId::as_uuid),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::closure_agreed(self, project, closure).await
    }

    async fn unmatched_claims(&mut self, project: ProjectId) -> Result<Vec<ClaimId>, StoreError> {
        let claims = sqlx::query_scalar!(
            r#"SELECT claim_id AS "claim_id!" FROM (
                   SELECT sale_id AS claim_id FROM sales
                   WHERE tenant_id = $1 AND project_id = $2
                   UNION ALL
                   SELECT closure_id FROM stock_closures
                   WHERE tenant_id = $1 AND project_id = $2
                     AND agreed_by IS NOT NULL AND price_minor > 0) AS claims
               WHERE NOT EXISTS (SELECT FROM matched_claims m
                   WHERE m.tenant_id = $1 AND m.claim_id = claims.claim_id)
               ORDER BY claim_id"#,
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        Ok(claims.into_iter().map(ClaimId::from).collect())
    }

    async fn keep_match(&mut self, project: ProjectId, claim: ClaimId) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO matched_claims (tenant_id, claim_id, project_id) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            claim.as_uuid(),
            project.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }
}

/// Every product's counters, as they stand now.
async fn update_stock(uow: &mut Uow, project: ProjectId, goods: &Goods) -> Result<(), StoreError> {
    let column = |units: fn(&Stock) -> i64| goods.stock().iter().map(units).collect::<Vec<_>>();
    let skus: Vec<String> = goods.stock().iter().map(|one| one.sku.clone()).collect();
    sqlx::query!(
        "UPDATE products p SET received = s.received, allotted = s.allotted,
             handed_over = s.handed_over, sold = s.sold, written_off = s.written_off,
             bought_back = s.bought_back
         FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                     $8::bigint[], $9::bigint[])
             AS s (sku, received, allotted, handed_over, sold, written_off, bought_back)
         WHERE p.tenant_id = $1 AND p.project_id = $2 AND p.sku = s.sku",
        uow.context().tenant.as_uuid(),
        project.as_uuid(),
        &skus,
        &column(|one| one.received),
        &column(|one| one.allotted),
        &column(|one| one.handed_over),
        &column(|one| one.sold),
        &column(|one| one.written_off),
        &column(|one| one.bought_back),
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

async fn insert_allotment(
    uow: &mut Uow,
    project: ProjectId,
    allotment: &Allotment,
) -> Result<(), StoreError> {
    let counted = || allotment.units.iter();
    let skus: Vec<String> = counted().map(|one| one.sku.clone()).collect();
    let units: Vec<i64> = counted().map(|one| one.units).collect();
    sqlx::query!(
        "INSERT INTO allotments (tenant_id, participation_id, project_id, investor_id, sku, units)
         SELECT $1, $2, $3, $4, sku, units FROM unnest($5::text[], $6::bigint[]) AS u (sku, units)",
        uow.context().tenant.as_uuid(),
        allotment.participation.as_uuid(),
        project.as_uuid(),
        allotment.investor.as_uuid(),
        &skus,
        &units,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

async fn insert_lines(uow: &mut Uow, project: ProjectId, sale: &Sale) -> Result<(), StoreError> {
    let column = |number: fn(&SaleLine) -> i64| sale.lines.iter().map(number).collect::<Vec<_>>();
    let skus: Vec<String> = sale.lines.iter().map(|line| line.sku.clone()).collect();
    sqlx::query!(
        "INSERT INTO sale_lines (tenant_id, sale_id, project_id, position, sku, units, net_minor)
         SELECT $1, $2, $3, (place - 1)::integer, sku, units, net_minor
         FROM unnest($4::text[], $5::bigint[], $6::bigint[]) WITH ORDINALITY
             AS l (sku, units, net_minor, place)",
        uow.context().tenant.as_uuid(),
        sale.id.as_uuid(),
        project.as_uuid(),
        &skus,
        &column(|line| line.units),
        &column(|line| Money::minor(line.net)),
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}
