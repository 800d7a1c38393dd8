//! Snapshots, disbursements and receipts on PostgreSQL; every verb stands under the lock of the
//! project's books.

use async_trait::async_trait;
use ids::{ClaimId, DisbursementId, DocumentId, ProjectId, TransferId, UserId};
use money::Money;
use pg::{Uow, store_error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use settlement::{Paid, Product, ShareType};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};

use super::postgres::amount;
use super::publisher;
use super::rows::DisbursementRow;
use crate::application::canonical::canonical;
use crate::application::ports::{BooksTx as _, ExecutionTx, Paying, Receipt};
use crate::domain::{
    ApprovedProject, Books, BudgetLine, Claim, Disbursement, Invoice, Participant, Recovery,
    SealedList, Snapshot, Standing,
};

#[async_trait]
impl ExecutionTx for Uow {
    async fn add_approval(&mut self, approved: &ApprovedProject) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO approvals (tenant_id, project_id, approved) VALUES ($1, $2, $3)",
            tenant,
            approved.project.as_uuid(),
            to_json(approved)?,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn approval(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<ApprovedProject>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_scalar!(
            "SELECT approved FROM approvals WHERE tenant_id = $1 AND project_id = $2",
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?
        .map(from_json)
        .transpose()
    }

    async fn add_seal(&mut self, sealed: &SealedList) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO seals (tenant_id, project_id, list) VALUES ($1, $2, $3)",
            tenant,
            sealed.project.as_uuid(),
            to_json(sealed)?,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn seal(&mut self, project: ProjectId) -> Result<Option<SealedList>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_scalar!(
            "SELECT list FROM seals WHERE tenant_id = $1 AND project_id = $2",
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?
        .map(from_json)
        .transpose()
    }

    async fn add_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let (tenant, now) = (self.context().tenant.as_uuid(), self.now());
        let project = snapshot.project().project;
        let form = canonical(snapshot).map_err(StoreError::failed)?;
        sqlx::query!(
            "INSERT INTO snapshots (tenant_id, project_id, version, canonical, hash, frozen_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            tenant,
            project.as_uuid(),
            i64::from(snapshot.version()),
            form.text,
            form.hash,
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        add_participants(self, snapshot).await?;
        add_goods(self, snapshot).await?;
        publisher::snapshot_frozen(self, snapshot, &form.hash).await
    }

    async fn participants(&mut self, project: ProjectId) -> Result<Vec<Participant>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let rows = sqlx::query!(
            "SELECT participation_id, investor_id, share, owner_stake, amount, approved_at,
                    paid_gross, paid_fee, paid_tax
             FROM participants WHERE tenant_id = $1 AND project_id = $2
             ORDER BY approved_at, participation_id",
            tenant,
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| {
                Ok(Participant {
                    participation: row.participation_id.into(),
                    investor: row.investor_id.into(),
                    share: read_share(&row.share)?,
                    owner_stake: row.owner_stake,
                    amount_minor: row.amount,
                    approved_at: row.approved_at,
                    paid: Paid {
                        gross_minor: row.paid_gross,
                        fee_minor: row.paid_fee,
                        tax_minor: row.paid_tax,
                    },
                })
            })
            .collect()
    }

    async fn goods(&mut self, project: ProjectId) -> Result<Vec<Product>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_as!(
            Product,
            "SELECT sku AS product, ordered, landed_cost AS landed_cost_minor, received, sold,
                    sold_net AS sold_net_minor, bought_back
             FROM project_goods WHERE tenant_id = $1 AND project_id = $2 ORDER BY sku",
            tenant,
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)
    }

    async fn save_goods(
        &mut self,
        project: ProjectId,
        goods: &[Product],
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        for product in goods {
            sqlx::query!(
                "UPDATE project_goods SET received = $4, sold = $5, sold_net = $6, bought_back = $7
                 WHERE tenant_id = $1 AND project_id = $2 AND sku = $3",
                tenant,
                project.as_uuid(),
                product.product,
                product.received,
                product.sold,
                product.sold_net_minor,
                product.bought_back,
            )
            .execute(self.conn())
            .await
            .map_err(store_error)?;
        }
        Ok(())
    }

    async fn record_platform_fee(&mut self, books: &Books, fee: Money) -> Result<(), StoreError> {
        publisher::platform_fee_posted(self, books, fee).await
    }

    async fn add_disbursement(&mut self, one: &Disbursement) -> Result<(), StoreError> {
        let (tenant, now) = (self.context().tenant.as_uuid(), self.now());
        let invoice = &one.invoice;
        sqlx::query!(
            "INSERT INTO disbursements (tenant_id, disbursement_id, project_id, cost_kind,
                    line_name, payee, invoice, amount, currency, state,
                    needs_agreement, requested_by, document_id, requested_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            tenant,
            one.id.as_uuid(),
            one.project.as_uuid(),
            invoice.cost_kind,
            invoice.line_name,
            invoice.payee,
            invoice.number,
            invoice.amount.minor(),
            invoice.amount.currency().code(),
            one.state.to_string(),
            one.needs_agreement,
            one.requested_by.as_uuid(),
            invoice.document.map(DocumentId::as_uuid),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::disbursement_requested(self, one).await
    }

    async fn disbursement_for_update(
        &mut self,
        id: DisbursementId,
    ) -> Result<Option<(Books, Disbursement)>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let project = sqlx::query_scalar!(
            "SELECT project_id FROM disbursements WHERE tenant_id = $1 AND disbursement_id = $2",
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
        let row = sqlx::query_as!(
            DisbursementRow,
            "SELECT disbursement_id, project_id, cost_kind, line_name, payee, invoice, amount,
                    currency, state, needs_agreement, requested_by, agreed_by, paid_by,
                    document_id, ended_by, end_reason
             FROM disbursements WHERE tenant_id = $1 AND disbursement_id = $2",
            tenant,
            id.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok(Some((books, row.try_into()?)))
    }

    async fn standing(
        &mut self,
        books: &Books,
        invoice: &Invoice,
        since: OffsetDateTime,
    ) -> Result<Standing, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let suspended = self.is_suspended(books.project).await?;
        // Two projects that pay the same payee at once wait for each other.
        sqlx::query!(
            r#"SELECT pg_advisory_xact_lock(hashtextextended(as_compared($1::text), 1))::text
               AS "locked?""#,
            invoice.payee,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let row = sqlx::query!(
            r#"SELECT coalesce(sum(amount) FILTER (WHERE same_payee AND alone), 0)::bigint
                          AS "to_payee!",
                      coalesce(sum(amount) FILTER (WHERE project_id = $2 AND alone), 0)::bigint
                          AS "in_project!",
                      coalesce(bool_or(project_id = $2 AND same_payee
                          AND as_compared(invoice) = as_compared($5)), false) AS "invoice_used!"
               FROM (SELECT amount, project_id, invoice,
                            as_compared(payee) = as_compared($4) AS same_payee,
                            NOT needs_agreement AND requested_at > $6 AND currency = $3 AS alone
                     FROM disbursements
                     WHERE tenant_id = $1 AND state NOT IN ('WITHDRAWN', 'REJECTED')
                       AND (project_id = $2 OR as_compared(payee) = as_compared($4))) d"#,
            tenant,
            books.project.as_uuid(),
            books.currency.code(),
            invoice.payee,
            invoice.number,
            since,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let money = |minor| Money::try_new(minor, books.currency).map_err(StoreError::failed);
        Ok(Standing {
            suspended,
            invoice_used: row.invoice_used,
            to_payee: money(row.to_payee)?,
            in_project: money(row.in_project)?,
        })
    }

    async fn is_suspended(&mut self, project: ProjectId) -> Result<bool, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM project_flags WHERE tenant_id = $1 AND project_id = $2
                              AND flag = 'SUSPENDED') AS "suspended!""#,
            tenant,
            project.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn keep_flag(&mut self, project: ProjectId, flag: &str) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO project_flags (tenant_id, project_id, flag) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, project_id) DO UPDATE SET flag = excluded.flag",
            tenant,
            project.as_uuid(),
            flag,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn save_ended(&mut self, one: &Disbursement) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let (by, reason) = one.ended.clone().unzip();
        sqlx::query!(
            "UPDATE disbursements SET state = $3, ended_by = $4, end_reason = $5
             WHERE tenant_id = $1 AND disbursement_id = $2",
            tenant,
            one.id.as_uuid(),
            one.state.to_string(),
            by.map(UserId::as_uuid),
            reason,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::disbursement_withdrawn(self, one).await
    }

    async fn paid_and_recovered(
        &mut self,
        books: &Books,
        line: &BudgetLine,
    ) -> Result<(Money, Money), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query!(
            r#"SELECT (SELECT coalesce(sum(amount), 0)::bigint FROM disbursements
                       WHERE tenant_id = $1 AND project_id = $2 AND state = 'PAID'
                         AND cost_kind = $3 AND line_name = $4) AS "paid!",
                      (SELECT coalesce(sum(t.amount), 0)::bigint
                       FROM receipts r JOIN transfers t USING (tenant_id, transfer_id)
                       WHERE r.tenant_id = $1 AND r.project_id = $2 AND r.line_name IN ($3, $4)
                         AND r.kind IS DISTINCT FROM 'INDEMNITY') AS "recovered!""#,
            tenant,
            books.project.as_uuid(),
            line.cost_kind,
            line.line_name,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let money = |minor| Money::try_new(minor, books.currency).map_err(StoreError::failed);
        Ok((money(row.paid)?, money(row.recovered)?))
    }

    async fn save_agreed(&mut self, one: &Disbursement) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "UPDATE disbursements SET state = $3, agreed_by = $4
             WHERE tenant_id = $1 AND disbursement_id = $2",
            tenant,
            one.id.as_uuid(),
            one.state.to_string(),
            one.agreed_by.map(UserId::as_uuid),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::disbursement_agreed(self, one).await
    }

    async fn save_paid(&mut self, paying: &Paying) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let one = &paying.disbursement;
        sqlx::query!(
            "UPDATE disbursements SET state = $3, paid_by = $4, bank_reference = $5
             WHERE tenant_id = $1 AND disbursement_id = $2",
            tenant,
            one.id.as_uuid(),
            one.state.to_string(),
            one.paid_by.map(UserId::as_uuid),
            paying.bank_reference,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::disbursement_paid(self, paying).await
    }

    async fn record_advance(&mut self, books: &Books, amount: Money) -> Result<(), StoreError> {
        publisher::advance_paid(self, books, amount).await
    }

    async fn add_recovery(
        &mut self,
        receipt: &Receipt,
        recovery: &Recovery,
    ) -> Result<(), StoreError> {
        add_receipt(self, receipt, None, Some(recovery)).await?;
        publisher::recovery_received(self, receipt, recovery).await
    }

    async fn add_claim(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO claims (tenant_id, claim_id, project_id, kind, owed, currency, goods)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            tenant,
            claim.id.as_uuid(),
            claim.project.as_uuid(),
            claim.kind.to_string(),
            claim.owed.minor(),
            claim.owed.currency().code(),
            to_json(&claim.goods)?,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn claim(
        &mut self,
        project: ProjectId,
        id: ClaimId,
    ) -> Result<Option<Claim>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query!(
            r#"SELECT kind, owed, currency, goods,
                      (SELECT coalesce(sum(t.amount), 0)::bigint
                       FROM receipts r JOIN transfers t USING (tenant_id, transfer_id)
                       WHERE r.tenant_id = c.tenant_id AND r.claim_id = c.claim_id) AS "received!"
               FROM claims c WHERE tenant_id = $1 AND project_id = $2 AND claim_id = $3"#,
            tenant,
            project.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Claim {
            id,
            project,
            kind: pg::stored(&row.kind)?,
            owed: amount(row.owed, &row.currency)?,
            goods: from_json(row.goods)?,
            received: amount(row.received, &row.currency)?,
        }))
    }

    async fn add_proceeds(&mut self, receipt: &Receipt, claim: &Claim) -> Result<(), StoreError> {
        add_receipt(self, receipt, Some(claim.id), None).await?;
        if claim.is_matched() {
            return publisher::proceeds_matched(self, claim, Some(receipt.amount)).await;
        }
        publisher::proceeds_received(self, claim, receipt.amount).await
    }

    async fn record_nothing_owed(&mut self, claim: &Claim) -> Result<(), StoreError> {
        publisher::proceeds_matched(self, claim, None).await
    }
}

async fn add_participants(uow: &mut Uow, snapshot: &Snapshot) -> Result<(), StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    let project = snapshot.project().project.as_uuid();
    for stake in snapshot.stakes() {
        let share = match stake.share {
            ShareType::Products => "PRODUCTS",
            ShareType::ProfitOnly => "PROFIT_ONLY",
        };
        sqlx::query!(
            "INSERT INTO participants (tenant_id, project_id, participation_id, investor_id, share,
                    owner_stake, amount, approved_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            tenant,
            project,
            stake.participation.as_uuid(),
            stake.investor.as_uuid(),
            share,
            stake.owner_stake,
            stake.amount.minor(),
            stake.approved_at,
        )
        .execute(uow.conn())
        .await
        .map_err(store_error)?;
    }
    Ok(())
}

async fn add_goods(uow: &mut Uow, snapshot: &Snapshot) -> Result<(), StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    let approved = snapshot.project();
    for product in &approved.costing.products {
        sqlx::query!(
            "INSERT INTO project_goods (tenant_id, project_id, sku, ordered, landed_cost)
             VALUES ($1, $2, $3, $4, $5)",
            tenant,
            approved.project.as_uuid(),
            product.sku,
            i64::from(product.quantity),
            product.landed_cost.minor(),
        )
        .execute(uow.conn())
        .await
        .map_err(store_error)?;
    }
    Ok(())
}

async fn add_receipt(
    uow: &mut Uow,
    receipt: &Receipt,
    claim: Option<ClaimId>,
    recovery: Option<&Recovery>,
) -> Result<(), StoreError> {
    let (tenant, now) = (uow.context().tenant.as_uuid(), uow.now());
    let transfer: TransferId = receipt.id;
    sqlx::query!(
        "INSERT INTO receipts (tenant_id, bank_reference, project_id, transfer_id, claim_id,
                line_name, kind, document, booked_by, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant,
        receipt.bank_reference,
        receipt.project.as_uuid(),
        transfer.as_uuid(),
        claim.map(ClaimId::as_uuid),
        recovery.map(|one| one.line.called()),
        recovery.map(|one| one.kind.to_string()),
        recovery.map(|one| one.document.as_str()),
        receipt.booked_by.as_uuid(),
        now,
    )
    .execute(uow.conn())
    .await
    .map(drop)
    .map_err(store_error)
}

fn read_share(text: &str) -> Result<ShareType, StoreError> {
    match text {
        "PRODUCTS" => Ok(ShareType::Products),
        "PROFIT_ONLY" => Ok(ShareType::ProfitOnly),
        other => Err(StoreError::failed(format!("a share of type `{other}`"))),
    }
}

fn to_json(value: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(StoreError::failed)
}

pub(super) fn from_json<T: DeserializeOwned>(json: Value) -> Result<T, StoreError> {
    serde_json::from_value(json).map_err(StoreError::failed)
}
