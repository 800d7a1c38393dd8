//! Escrow, disbursements and snapshots, each read in a unit of work of its own that changes
//! nothing: so it has its tenant.

use async_trait::async_trait;
use authz::Actor;
use ids::{AccountId, DisbursementId, ProjectId, UserId};
use ledger::Account;
use money::Money;
use pg::{Context, Database, store_error};
use uow::StoreError;

use super::execution::from_json;
use super::postgres::BooksRow;
use super::rows::DisbursementRow;
use crate::application::ports::{BudgetView, EscrowView, ExecutionReads, Frozen};
use crate::domain::{
    AccountKey, ApprovedProject, Books, Budget, Disbursement, DisbursementState, Purpose,
};

#[async_trait]
impl ExecutionReads for Database {
    async fn escrow(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<EscrowView>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        // One statement, so that figures and balances are of one moment.
        let row = sqlx::query!(
            r#"SELECT b.project_id, b.owner_id, b.currency, b.phase, b.captured, b.advances,
                      b.recovered, b.costs, b.requested, b.unspent_paid, b.advances_returned,
                      b.proceeds, b.advances_repaid, b.owner_split_paid, b.paid_gross,
                      c.account_id AS capital_id, c.debits_posted AS c_debits,
                      c.credits_posted AS c_credits, c.debits_pending AS c_debits_pending,
                      c.credits_pending AS c_credits_pending,
                      p.account_id AS proceeds_id, p.debits_posted AS p_debits,
                      p.credits_posted AS p_credits, p.debits_pending AS p_debits_pending,
                      p.credits_pending AS p_credits_pending
               FROM project_books b
               JOIN accounts c ON c.tenant_id = b.tenant_id AND c.kind = 'ESCROW_CAPITAL'
                   AND c.owner_id = b.project_id AND c.currency = b.currency
               JOIN accounts p ON p.tenant_id = b.tenant_id AND p.kind = 'ESCROW_PROCEEDS'
                   AND p.owner_id = b.project_id AND p.currency = b.currency
               WHERE b.tenant_id = $1 AND b.project_id = $2"#,
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let books = Books::try_from(BooksRow {
            project_id: row.project_id,
            owner_id: row.owner_id,
            currency: row.currency,
            phase: row.phase,
            captured: row.captured,
            advances: row.advances,
            recovered: row.recovered,
            costs: row.costs,
            requested: row.requested,
            unspent_paid: row.unspent_paid,
            advances_returned: row.advances_returned,
            proceeds: row.proceeds,
            advances_repaid: row.advances_repaid,
            owner_split_paid: row.owner_split_paid,
            paid_gross: row.paid_gross,
        })?;
        let open = |key: AccountKey, id| key.open(AccountId::from(id), books.currency);
        let capital = Account {
            debits_posted: row.c_debits,
            credits_posted: row.c_credits,
            debits_pending: row.c_debits_pending,
            credits_pending: row.c_credits_pending,
            ..open(AccountKey::EscrowCapital(project), row.capital_id)
        };
        let proceeds = Account {
            debits_posted: row.p_debits,
            credits_posted: row.p_credits,
            debits_pending: row.p_debits_pending,
            credits_pending: row.p_credits_pending,
            ..open(AccountKey::EscrowProceeds(project), row.proceeds_id)
        };
        Ok(Some(EscrowView {
            books,
            capital,
            proceeds,
        }))
    }

    async fn disbursement(
        &self,
        actor: &Actor,
        id: DisbursementId,
    ) -> Result<Option<Disbursement>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        sqlx::query_as!(
            DisbursementRow,
            "SELECT disbursement_id, project_id, cost_kind, line_name, payee, invoice, amount,
                    currency, state, needs_agreement, requested_by, agreed_by, paid_by,
                    document_id, ended_by, end_reason
             FROM disbursements WHERE tenant_id = $1 AND disbursement_id = $2",
            tenant,
            id.as_uuid(),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?
        .map(Disbursement::try_from)
        .transpose()
    }

    async fn budget(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<BudgetView>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        let approved = sqlx::query_scalar!(
            "SELECT approved FROM approvals a JOIN snapshots s USING (tenant_id, project_id)
             WHERE a.tenant_id = $1 AND a.project_id = $2 AND s.version = 1",
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?;
        let Some(approved) = approved else {
            return Ok(None);
        };
        let approved: ApprovedProject = from_json(approved)?;
        let rows = sqlx::query_as!(
            DisbursementRow,
            "SELECT disbursement_id, project_id, cost_kind, line_name, payee, invoice, amount,
                    currency, state, needs_agreement, requested_by, agreed_by, paid_by,
                    document_id, ended_by, end_reason
             FROM disbursements WHERE tenant_id = $1 AND project_id = $2
             ORDER BY disbursement_id",
            tenant,
            project.as_uuid(),
        )
        .fetch_all(uow.conn())
        .await
        .map_err(store_error)?;
        let fee = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(amount), 0)::bigint AS "fee!" FROM transfers
               WHERE tenant_id = $1 AND project_id = $2 AND purpose = $3"#,
            tenant,
            project.as_uuid(),
            Purpose::PlatformFee.to_string(),
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)?;
        let disbursements = rows
            .into_iter()
            .map(Disbursement::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let fee = Money::try_new(fee, approved.currency).map_err(StoreError::failed)?;
        let lines = Budget::of(&approved.costing).against(&paid(&disbursements), fee);
        let lines = lines.map_err(StoreError::failed)?;
        Ok(Some(BudgetView {
            disbursements,
            lines,
        }))
    }

    async fn snapshot(
        &self,
        actor: &Actor,
        project: ProjectId,
        version: Option<u32>,
    ) -> Result<Option<Frozen>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        let row = sqlx::query!(
            r#"SELECT s.version, s.canonical, s.hash, s.frozen_at, b.phase = 'CANCELLED' AS "void!"
               FROM snapshots s JOIN project_books b USING (tenant_id, project_id)
               WHERE s.tenant_id = $1 AND s.project_id = $2
                 AND ($3::bigint IS NULL OR s.version = $3)
               ORDER BY s.version DESC LIMIT 1"#,
            tenant,
            project.as_uuid(),
            version.map(i64::from),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Frozen {
            version: row.version.try_into().map_err(StoreError::failed)?,
            canonical: row.canonical,
            hash: row.hash,
            frozen_at: row.frozen_at,
            void: row.void,
        }))
    }

    async fn takes_part(
        &self,
        actor: &Actor,
        project: ProjectId,
        user: UserId,
    ) -> Result<bool, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM participants WHERE tenant_id = $1 AND project_id = $2
                              AND investor_id = $3) AS "takes_part!""#,
            tenant,
            project.as_uuid(),
            user.as_uuid(),
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)
    }
}

fn paid(disbursements: &[Disbursement]) -> Vec<&Disbursement> {
    let is_paid = |one: &&Disbursement| one.state == DisbursementState::Paid;
    disbursements.iter().filter(is_paid).collect()
}
