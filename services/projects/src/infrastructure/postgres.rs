//! Projects' unit of work on PostgreSQL. The project's row lock is what all rests on.

use async_trait::async_trait;
use authz::Actor;
use costing::{Costing, Sheet};
use ids::{ParticipationId, ProductId, ProjectId, RunId, TenantId, UserId};
use money::Money;
use pg::{Context, Database, Uow, store_error};
use sqlx::types::Json;
use uow::{StoreError, UnitOfWork as _};

use super::rows::ProjectRow;
use super::{information, publisher};
use crate::application::ports::{Identity, Store, Tx};
use crate::domain::{
    ImportProject, MaterialChange, Participant, ParticipantState, ProjectFact, SealedEntry, Sheets,
    Terms,
};

/// How many rows one sweep takes.
const SWEEP: i64 = 200;

#[async_trait]
impl Tx for Uow {
    async fn project_for_update(
        &mut self,
        id: ProjectId,
    ) -> Result<Option<ImportProject>, StoreError> {
        let row = sqlx::query_as!(
            ProjectRow,
            r#"SELECT project_id, owner_id, name, summary, risk_text, jurisdiction, currency,
                      sheet AS "sheet: Json<Sheet>", terms AS "terms: Json<Terms>",
                      costing AS "costing: Json<Costing>", goal_minor, state, funding_outcome, flag,
                      flag_reason, settlement_phase, liquidation, cancel_reason, refunds_expected,
                      created_at, published_at, funding_opens_at, funding_deadline, due_at,
                      escrow_minor, seal_total_minor, seal_hash, snapshot_version,
                      open_disbursements, completion_declared, key_information_wanted
               FROM projects WHERE tenant_id = $1 AND project_id = $2 FOR UPDATE"#,
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(ImportProject::try_from).transpose()
    }

    async fn add_project(&mut self, project: &ImportProject) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO projects (tenant_id, project_id, owner_id, name, summary, risk_text,
                 jurisdiction, currency, sheet, costing, state, funding_outcome, flag,
                 settlement_phase, liquidation, created_at, escrow_minor, snapshot_version,
                 open_disbursements, completion_declared)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0,
                 0, false)",
            tenant,
            project.id.as_uuid(),
            project.owner.as_uuid(),
            project.description.name,
            project.description.summary,
            project.description.risk_text,
            project.description.jurisdiction,
            project.currency().code(),
            Json(&project.sheet) as _,
            Json(&project.costing) as _,
            <&str>::from(project.state),
            <&str>::from(project.funding_outcome),
            <&str>::from(project.flag),
            <&str>::from(project.settlement_phase),
            <&str>::from(project.liquidation),
            project.created_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let skus = project.sheet.products.iter().map(|one| one.sku.clone());
        let (skus, ids): (Vec<_>, Vec<_>) =
            skus.map(|sku| (sku, ProductId::new().as_uuid())).unzip();
        sqlx::query!(
            "INSERT INTO products (tenant_id, project_id, product_id, position, sku)
             SELECT $1, $2, product_id, (place - 1)::integer, sku
             FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS p (product_id, sku, place)",
            tenant,
            project.id.as_uuid(),
            &ids,
            &skus,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::happened(self, project, ProjectFact::Created).await
    }

    async fn save(
        &mut self,
        project: &ImportProject,
        facts: &[ProjectFact],
    ) -> Result<(), StoreError> {
        update(self, project).await?;
        for fact in facts {
            if let ProjectFact::FlagSet { by } = *fact {
                keep_flag(self, project, by).await?;
            }
            publisher::happened(self, project, *fact).await?;
        }
        Ok(())
    }

    async fn is_verified(&mut self, user: UserId) -> Result<bool, StoreError> {
        let now = self.now();
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM identities WHERE tenant_id = $1 AND user_id = $2
                   AND verified AND (valid_until IS NULL OR valid_until > $3)) AS "is!""#,
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            now,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn keep_identity(&mut self, identity: Identity) -> Result<(), StoreError> {
        let Identity {
            id,
            verified,
            valid_until,
        } = identity;
        sqlx::query!(
            "INSERT INTO identities (tenant_id, user_id, verified, valid_until)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, user_id)
             DO UPDATE SET verified = excluded.verified, valid_until = excluded.valid_until",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            verified,
            valid_until,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn participants(&mut self, project: ProjectId) -> Result<Vec<UserId>, StoreError> {
        let rows = sqlx::query!(
            "SELECT investor_id, state FROM participants
             WHERE tenant_id = $1 AND project_id = $2",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        let mut investors = Vec::new();
        for row in rows {
            if pg::stored::<ParticipantState>(&row.state)?.takes_part() {
                investors.push(row.investor_id.into());
            }
        }
        Ok(investors)
    }

    async fn add_participant(&mut self, participant: &Participant) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO participants (tenant_id, participation_id, project_id, investor_id,
                 amount_minor, share_type, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.context().tenant.as_uuid(),
            participant.participation.as_uuid(),
            participant.project.as_uuid(),
            participant.investor.as_uuid(),
            participant.amount.minor(),
            <&str>::from(participant.share),
            <&str>::from(participant.state),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn move_participant(
        &mut self,
        id: ParticipationId,
        state: ParticipantState,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE participants SET state = $3 WHERE tenant_id = $1 AND participation_id = $2",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            <&str>::from(state),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(done.rows_affected() == 1)
    }

    async fn keep_sealed_list(
        &mut self,
        project: ProjectId,
        entries: &[SealedEntry],
    ) -> Result<(), StoreError> {
        for entry in entries {
            sqlx::query!(
                "INSERT INTO sealed_participations (tenant_id, participation_id, project_id,
                     investor_id, amount_minor, share_type, owner_stake, approved_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                self.context().tenant.as_uuid(),
                entry.participation.as_uuid(),
                project.as_uuid(),
                entry.investor.as_uuid(),
                entry.amount.minor(),
                <&str>::from(entry.share),
                entry.owner_stake,
                entry.approved_at,
            )
            .execute(self.conn())
            .await
            .map_err(store_error)?;
        }
        Ok(())
    }

    async fn sealed_list(
        &mut self,
        project: &ImportProject,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        let rows = sqlx::query!(
            "SELECT participation_id, investor_id, amount_minor, share_type, owner_stake,
                    approved_at
             FROM sealed_participations WHERE tenant_id = $1 AND project_id = $2
             ORDER BY participation_id",
            self.context().tenant.as_uuid(),
            project.id.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| {
                Ok(SealedEntry {
                    participation: row.participation_id.into(),
                    investor: row.investor_id.into(),
                    amount: Money::try_new(row.amount_minor, project.currency())
                        .map_err(StoreError::failed)?,
                    share: pg::stored(&row.share_type)?,
                    owner_stake: row.owner_stake,
                    approved_at: row.approved_at,
                })
            })
            .collect()
    }

    async fn add_change(
        &mut self,
        project: &ImportProject,
        change: &MaterialChange,
        by: UserId,
    ) -> Result<(), StoreError> {
        let MaterialChange {
            id,
            text,
            renew_by,
            notified_at,
        } = change;
        sqlx::query!(
            "INSERT INTO material_changes (tenant_id, change_id, project_id, text, renew_by,
                 notified_by, notified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            project.id.as_uuid(),
            text,
            *renew_by,
            by.as_uuid(),
            notified_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::change_notified(self, project, change).await
    }

    async fn keep_return(
        &mut self,
        project: ProjectId,
        participation: ParticipationId,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO returned_money (tenant_id, participation_id, project_id)
             VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            participation.as_uuid(),
            project.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn key_information_version(&mut self, project: ProjectId) -> Result<u32, StoreError> {
        let latest = information::sheets(self, project, None).await?;
        Ok(latest.map_or(0, |sheets| sheets.version))
    }

    async fn add_key_information(
        &mut self,
        project: ProjectId,
        sheets: &Sheets,
    ) -> Result<(), StoreError> {
        information::insert(self, project, sheets).await?;
        publisher::key_information_issued(self, project, sheets).await
    }

    async fn keep_payments(
        &mut self,
        (run, project): (RunId, ProjectId),
        payments: &[(ParticipationId, Money)],
    ) -> Result<(), StoreError> {
        let (ids, minors): (Vec<_>, Vec<_>) = payments
            .iter()
            .map(|(id, net)| (id.as_uuid(), net.minor()))
            .unzip();
        information::keep_payments(self, (run.as_uuid(), project), (&ids, &minors)).await
    }

    async fn add_business_time(&mut self, seconds: i64) -> Result<i64, StoreError> {
        let offset_s = sqlx::query_scalar!(
            "UPDATE business_clock SET offset_s = offset_s + $1 RETURNING offset_s",
            seconds,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        publisher::time_advanced(self, offset_s).await?;
        Ok(offset_s)
    }
}

/// The parts of a project that change.
async fn update(uow: &mut Uow, project: &ImportProject) -> Result<(), StoreError> {
    let seal = project.seal.as_ref();
    sqlx::query!(
        "UPDATE projects SET terms = $3, costing = $4, goal_minor = $5, state = $6,
             funding_outcome = $7, flag = $8, settlement_phase = $9, liquidation = $10,
             cancel_reason = $11, published_at = $12, funding_opens_at = $13,
             funding_deadline = $14, due_at = $15, escrow_minor = $16, seal_total_minor = $17,
             seal_hash = $18, snapshot_version = $19, open_disbursements = $20,
             completion_declared = $21, flag_reason = $22, refunds_expected = $23,
             key_information_wanted = $24
         WHERE tenant_id = $1 AND project_id = $2",
        uow.context().tenant.as_uuid(),
        project.id.as_uuid(),
        project.terms.as_ref().map(Json) as _,
        Json(&project.costing) as _,
        project.goal.map(Money::minor),
        <&str>::from(project.state),
        <&str>::from(project.funding_outcome),
        <&str>::from(project.flag),
        <&str>::from(project.settlement_phase),
        <&str>::from(project.liquidation),
        project.cancel_reason,
        project.published_at,
        project.funding_opens_at,
        project.funding_deadline,
        project.due_at,
        project.escrow.minor(),
        seal.map(|seal| seal.total.minor()),
        seal.map(|seal| seal.list_hash.as_str()),
        project.snapshot_version,
        i32::try_from(project.open_disbursements).map_err(StoreError::failed)?,
        project.completion_declared,
        project.flag_reason,
        project
            .refunds_expected
            .map(i64::try_from)
            .transpose()
            .map_err(StoreError::failed)?,
        i32::try_from(project.key_information_wanted).map_err(StoreError::failed)?,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

/// The history of the flag.
async fn keep_flag(uow: &mut Uow, project: &ImportProject, by: UserId) -> Result<(), StoreError> {
    let now = uow.now();
    sqlx::query!(
        "INSERT INTO project_flags (tenant_id, project_id, set_at, flag, reason, set_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        uow.context().tenant.as_uuid(),
        project.id.as_uuid(),
        now,
        <&str>::from(project.flag),
        project.flag_reason.clone().unwrap_or_default(),
        by.as_uuid(),
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }

    async fn uninformed_projects(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT tenant_id, project_id FROM projects p
             WHERE key_information_wanted > 0 AND key_information_wanted > (
                 SELECT coalesce(max(version), 0) FROM key_information k
                 WHERE k.tenant_id = p.tenant_id AND k.project_id = p.project_id)
             ORDER BY project_id LIMIT $1",
            SWEEP,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        let found = rows.into_iter();
        Ok(found
            .map(|row| (row.tenant_id.into(), row.project_id.into()))
            .collect())
    }

    async fn due_projects(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT p.tenant_id, p.project_id FROM projects p, business_clock
             WHERE p.due_at <= now() + make_interval(secs => offset_s::float8)
               AND p.state <> 'FUNDING' -- of folders in which that was due as well
             ORDER BY p.due_at LIMIT $1",
            SWEEP,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        let due = |tenant, id| (TenantId::from(tenant), ProjectId::from(id));
        Ok(rows
            .into_iter()
            .map(|row| due(row.tenant_id, row.project_id))
            .collect())
    }
}
