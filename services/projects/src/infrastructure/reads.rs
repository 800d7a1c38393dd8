//! The queries, each in a unit of work of its own that changes nothing: so it has its tenant.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use authz::Actor;
use costing::{Costing, Sheet};
use ids::{ProductId, ProjectId, UserId};
use pg::{Context, Database, Uow, store_error};
use sqlx::types::Json;
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use super::rows::ProjectRow;
use super::{execution, information, news};
use crate::application::news::ports::Page;
use crate::application::papers::ports::PapersTx as _;
use crate::application::ports::{
    ProductView, ProjectFilter, ProjectOrder, ProjectView, Reads, Tx as _,
};
use crate::domain::{
    Document, ImportProject, MaterialChange, Milestone, Question, Sheets, Stock, Terms,
    TrackRecord, Update,
};

#[async_trait]
impl Reads for Database {
    async fn project(
        &self,
        actor: &Actor,
        id: ProjectId,
    ) -> Result<Option<ProjectView>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let filter = ProjectFilter {
            ids: vec![id],
            every_draft: true,
            first: 1,
            ..ProjectFilter::default()
        };
        Ok(list(&mut uow, filter).await?.pop())
    }

    async fn projects(
        &self,
        actor: &Actor,
        filter: ProjectFilter,
    ) -> Result<Vec<ProjectView>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        list(&mut uow, filter).await
    }

    async fn documents(
        &self,
        actor: &Actor,
        id: ProjectId,
    ) -> Result<(UserId, Vec<UserId>, Vec<Document>), StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let owner = sqlx::query_scalar!(
            "SELECT owner_id FROM projects WHERE tenant_id = $1 AND project_id = $2",
            uow.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)?;
        let participants = uow.participants(id).await?;
        Ok((owner.into(), participants, uow.documents(id).await?))
    }

    async fn milestones(&self, actor: &Actor, page: Page) -> Result<Vec<Milestone>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        news::milestones(&mut uow, page).await
    }

    async fn updates(&self, actor: &Actor, page: Page) -> Result<Vec<Update>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        news::updates(&mut uow, page).await
    }

    async fn questions(
        &self,
        actor: &Actor,
        page: Page,
        (sees_all, viewer): (bool, Option<UserId>),
    ) -> Result<Vec<Question>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        news::questions(&mut uow, page, (sees_all, viewer, None)).await
    }

    async fn key_information(
        &self,
        actor: &Actor,
        id: ProjectId,
        version: Option<u32>,
    ) -> Result<Option<Sheets>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        information::sheets(&mut uow, id, version).await
    }

    async fn track_records(
        &self,
        actor: &Actor,
        owners: &[UserId],
    ) -> Result<BTreeMap<UserId, TrackRecord>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        information::track_records(&mut uow, owners).await
    }

    async fn business_now(&self, actor: &Actor) -> Result<OffsetDateTime, StoreError> {
        Ok(self.unit_of_work(Context::from(actor)).await?.now())
    }
}

/// Ids made later sort later, so that the order of ids is the order of time. A page goes on behind
/// a project, so that what is added meanwhile moves nothing.
async fn list(uow: &mut Uow, filter: ProjectFilter) -> Result<Vec<ProjectView>, StoreError> {
    let ProjectFilter {
        ids,
        states,
        owner,
        viewer,
        every_draft,
        first,
        text,
        jurisdiction,
        currency,
        flag,
        order,
        after,
    } = filter;
    let by_deadline = order == ProjectOrder::Deadline;
    let states: Vec<String> = states.iter().map(ToString::to_string).collect();
    let ids: Vec<Uuid> = ids.into_iter().map(ProjectId::as_uuid).collect();
    let rows = sqlx::query_as!(
        ProjectRow,
        r#"SELECT project_id, owner_id, name, summary, risk_text, jurisdiction, currency,
                  sheet AS "sheet: Json<Sheet>", terms AS "terms: Json<Terms>",
                  costing AS "costing: Json<Costing>", goal_minor, state, funding_outcome, flag,
                  flag_reason, settlement_phase, liquidation, cancel_reason, refunds_expected,
                  created_at, published_at, funding_opens_at, funding_deadline, due_at,
                  escrow_minor, seal_total_minor, seal_hash, snapshot_version,
                  open_disbursements, completion_declared, key_information_wanted
           FROM projects
           WHERE tenant_id = $1
             AND (cardinality($2::uuid[]) = 0 OR project_id = ANY ($2))
             AND (cardinality($3::text[]) = 0 OR state = ANY ($3))
             AND ($4::uuid IS NULL OR owner_id = $4)
             AND ($5 OR published_at IS NOT NULL OR owner_id = $6)
             AND position(lower($9) IN lower(name)) > 0
             AND ($10 = '' OR jurisdiction = $10)
             AND ($11 = '' OR currency = $11)
             AND ($12::text IS NULL OR flag = $12)
             AND ($7::uuid IS NULL
                 OR CASE WHEN $13
                     THEN (coalesce(funding_deadline, 'infinity'), project_id)
                         > (coalesce($14::timestamptz, 'infinity'), $7)
                     ELSE project_id < $7 END)
           ORDER BY CASE WHEN $13 THEN coalesce(funding_deadline, 'infinity') END,
               CASE WHEN $13 THEN project_id END, project_id DESC
           LIMIT $8"#,
        uow.context().tenant.as_uuid(),
        &ids,
        &states,
        owner.map(UserId::as_uuid),
        every_draft,
        viewer.map(UserId::as_uuid),
        after.map(|after| after.project.as_uuid()),
        first,
        text,
        jurisdiction,
        currency,
        flag.map(<&str>::from),
        by_deadline,
        after.and_then(|after| after.deadline),
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    views(uow, rows).await
}

/// The projects with everything that stands beside them.
async fn views(uow: &mut Uow, rows: Vec<ProjectRow>) -> Result<Vec<ProjectView>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.project_id).collect();
    let mut goods = products(uow, &ids).await?;
    let projects = rows.into_iter().map(ImportProject::try_from);
    let projects: Vec<_> = projects.collect::<Result<_, _>>()?;
    let mut executions = execution::views(uow, &projects).await?;
    let mut changes = changes(uow, &ids).await?;
    let mut refunds = refunds(uow, &ids).await?;
    let views = projects.into_iter().map(|project| {
        let id = project.id.as_uuid();
        ProjectView {
            products: goods.remove(&id).unwrap_or_default(),
            execution: executions.remove(&id).unwrap_or_default(),
            changes: changes.remove(&id).unwrap_or_default(),
            refunds_done: refunds.remove(&id).unwrap_or_default(),
            project,
        }
    });
    Ok(views.collect())
}

async fn products(
    uow: &mut Uow,
    projects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<ProductView>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT project_id, product_id, sku, received, allotted, handed_over, sold, written_off,
                bought_back
         FROM products WHERE tenant_id = $1 AND project_id = ANY ($2)
         ORDER BY project_id, position",
        uow.context().tenant.as_uuid(),
        projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut found: HashMap<Uuid, Vec<ProductView>> = HashMap::new();
    for row in rows {
        found.entry(row.project_id).or_default().push(ProductView {
            id: ProductId::from(row.product_id),
            stock: Stock {
                sku: row.sku,
                received: row.received.unwrap_or_default(),
                allotted: row.allotted,
                handed_over: row.handed_over,
                sold: row.sold,
                written_off: row.written_off,
                bought_back: row.bought_back,
            },
        });
    }
    Ok(found)
}

async fn changes(
    uow: &mut Uow,
    projects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<MaterialChange>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT project_id, change_id, text, renew_by, notified_at FROM material_changes
         WHERE tenant_id = $1 AND project_id = ANY ($2) ORDER BY change_id",
        uow.context().tenant.as_uuid(),
        projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut found: HashMap<Uuid, Vec<MaterialChange>> = HashMap::new();
    for row in rows {
        found
            .entry(row.project_id)
            .or_default()
            .push(MaterialChange {
                id: row.change_id.into(),
                text: row.text,
                renew_by: row.renew_by,
                notified_at: row.notified_at,
            });
    }
    Ok(found)
}

/// How many of those that Participation pays back have their money.
async fn refunds(uow: &mut Uow, projects: &[Uuid]) -> Result<HashMap<Uuid, i64>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.project_id, count(*) AS "done!"
           FROM participants p JOIN returned_money r USING (tenant_id, participation_id)
           WHERE p.tenant_id = $1 AND p.project_id = ANY ($2) AND p.state = 'REFUNDED'
           GROUP BY p.project_id"#,
        uow.context().tenant.as_uuid(),
        projects,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.project_id, row.done))
        .collect())
}
