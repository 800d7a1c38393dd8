//! The part of the unit of work that settlement runs need.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ids::{ParticipationId, ProjectId, RunId, TransferId};
use pg::{Uow, store_error};
use settlement::{Run, RunKind};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use super::publisher;
use crate::application::canonical::Canonical;
use crate::application::ports::{BooksTx as _, ExecutionTx as _, RunsTx};
use crate::domain::{Books, Participant, Posting, SettlementFacts, SettlementRun};

#[async_trait]
impl RunsTx for Uow {
    async fn settlement_facts(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<SettlementFacts>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query!(
            "SELECT s.version, s.hash,
                    (SELECT max(r.posted_at) FROM runs r
                     WHERE r.tenant_id = s.tenant_id AND r.project_id = s.project_id
                       AND r.kind IN ('FINAL', 'LIQUIDATION')) AS closed_at
             FROM snapshots s WHERE s.tenant_id = $1 AND s.project_id = $2
             ORDER BY s.version DESC LIMIT 1",
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let (Some(row), Some(approved)) = (row, self.approval(project).await?) else {
            return Ok(None);
        };
        Ok(Some(SettlementFacts {
            snapshot_version: row.version.try_into().map_err(StoreError::failed)?,
            snapshot_hash: row.hash,
            terms: approved.terms,
            products: self.goods(project).await?,
            participants: self.participants(project).await?,
            lapsed: lapsed(self, project).await?,
            closed_at: row.closed_at,
        }))
    }

    async fn add_lapsed(
        &mut self,
        of: ParticipationId,
        sku: &str,
        units: i64,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO lapsed_allotments (tenant_id, participation_id, sku, units)
             VALUES ($1, $2, $3, $4)",
            tenant,
            of.as_uuid(),
            sku,
            units,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn open_run(
        &mut self,
        project: ProjectId,
        kind: RunKind,
    ) -> Result<(Option<SettlementRun>, u32), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let open = sqlx::query_as!(
            RunRow,
            "SELECT run_id, project_id, number, kind, state, hash, proposed_by, approved_by
             FROM runs WHERE tenant_id = $1 AND project_id = $2 AND kind = $3
                 AND state = 'PROPOSED'",
            tenant,
            project.as_uuid(),
            kind.name(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let next = sqlx::query_scalar!(
            r#"SELECT coalesce(max(number), 0) + 1 AS "next!" FROM runs
               WHERE tenant_id = $1 AND project_id = $2"#,
            tenant,
            project.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let open = open.map(SettlementRun::try_from).transpose()?;
        Ok((open, next.try_into().map_err(StoreError::failed)?))
    }

    async fn run_for_update(
        &mut self,
        id: RunId,
    ) -> Result<Option<(Books, SettlementRun)>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let project = sqlx::query_scalar!(
            "SELECT project_id FROM runs WHERE tenant_id = $1 AND run_id = $2",
            tenant,
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(project) = project else {
            return Ok(None);
        };
        let Some(books) = self.books_for_update(project.into()).await? else {
            return Ok(None);
        };
        // Nobody touches a run without the lock of its books.
        let row = sqlx::query_as!(
            RunRow,
            "SELECT run_id, project_id, number, kind, state, hash, proposed_by, approved_by
             FROM runs WHERE tenant_id = $1 AND run_id = $2",
            tenant,
            id.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok(Some((books, row.try_into()?)))
    }

    async fn add_run(
        &mut self,
        run: &SettlementRun,
        document: &Canonical,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let now = self.now();
        sqlx::query!(
            "INSERT INTO runs (tenant_id, run_id, project_id, number, kind, state, document, hash,
                    proposed_by, proposed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            tenant,
            run.id.as_uuid(),
            run.project.as_uuid(),
            i32::try_from(run.number).map_err(StoreError::failed)?,
            run.kind.name(),
            run.state.to_string(),
            document.text,
            document.hash,
            run.proposed_by.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::run_proposed(self, run).await
    }

    async fn save_run(&mut self, run: &SettlementRun) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let posted_at: Option<OffsetDateTime> = run.approved_by.map(|_| self.now());
        sqlx::query!(
            "UPDATE runs SET state = $3, approved_by = $4, posted_at = $5
             WHERE tenant_id = $1 AND run_id = $2",
            tenant,
            run.id.as_uuid(),
            run.state.to_string(),
            run.approved_by.map(ids::UserId::as_uuid),
            posted_at,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn add_run_transfers(
        &mut self,
        run: &SettlementRun,
        transfers: &[(TransferId, Posting)],
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let ids: Vec<Uuid> = transfers.iter().map(|(id, _)| id.as_uuid()).collect();
        sqlx::query!(
            "INSERT INTO run_transfers (tenant_id, run_id, transfer_id)
             SELECT $1, $2, id FROM unnest($3::uuid[]) AS t (id)",
            tenant,
            run.id.as_uuid(),
            &ids,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn save_received(&mut self, participants: &[Participant]) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let column = |of: fn(&Participant) -> i64| participants.iter().map(of).collect();
        let ids: Vec<Uuid> = participants
            .iter()
            .map(|one| one.participation.as_uuid())
            .collect();
        let gross: Vec<i64> = column(|one| one.paid.gross_minor);
        let fee: Vec<i64> = column(|one| one.paid.fee_minor);
        let tax: Vec<i64> = column(|one| one.paid.tax_minor);
        sqlx::query!(
            "UPDATE participants p SET paid_gross = n.gross, paid_fee = n.fee, paid_tax = n.tax
             FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
                 AS n (id, gross, fee, tax)
             WHERE p.tenant_id = $1 AND p.participation_id = n.id",
            tenant,
            &ids,
            &gross,
            &fee,
            &tax,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn record_run_posted(
        &mut self,
        run: &SettlementRun,
        books: &Books,
        computed: &Run,
    ) -> Result<(), StoreError> {
        publisher::run_posted(self, run, computed).await?;
        publisher::advance_returned(self, books, computed).await
    }
}

/// What lapsed of a project's allotments.
async fn lapsed(
    uow: &mut Uow,
    project: ProjectId,
) -> Result<BTreeMap<ParticipationId, BTreeMap<String, i64>>, StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    let rows = sqlx::query!(
        "SELECT l.participation_id, l.sku, l.units
         FROM lapsed_allotments l JOIN participants p USING (tenant_id, participation_id)
         WHERE l.tenant_id = $1 AND p.project_id = $2",
        tenant,
        project.as_uuid(),
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut lapsed: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for row in rows {
        let of = lapsed.entry(row.participation_id.into()).or_default();
        of.insert(row.sku, row.units);
    }
    Ok(lapsed)
}

/// A run without its document.
pub(super) struct RunRow {
    pub run_id: Uuid,
    pub project_id: Uuid,
    pub number: i32,
    pub kind: String,
    pub state: String,
    pub hash: String,
    pub proposed_by: Uuid,
    pub approved_by: Option<Uuid>,
}

impl TryFrom<RunRow> for SettlementRun {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.run_id.into(),
            project: row.project_id.into(),
            number: row.number.try_into().map_err(StoreError::failed)?,
            kind: RunKind::named(&row.kind)
                .ok_or_else(|| StoreError::failed(format!("a run of kind `{}`", row.kind)))?,
            state: pg::stored(&row.state)?,
            hash: row.hash,
            proposed_by: row.proposed_by.into(),
            approved_by: row.approved_by.map(Into::into),
        })
    }
}
