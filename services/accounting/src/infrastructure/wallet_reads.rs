//! The queries on wallets, payouts and the trial balance.

use async_trait::async_trait;
use authz::Actor;
use ids::{PayoutId, ProjectId, TransferId, UserId};
use money::Currency;
use pg::{Context, Database, Uow, store_error};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use super::payouts::PayoutRow;
use super::postgres::amount;
use crate::application::ports::{
    DepositsTx as _, EntriesPage, EntryPhase, KindBalance, PayoutsTx as _, QueuedPayout, Statement,
    Unmatched, WalletEntry, WalletReads, WalletView,
};
use crate::domain::{Deposit, PayoutAccount};

#[async_trait]
impl WalletReads for Database {
    async fn wallet(
        &self,
        actor: &Actor,
        user: UserId,
        currency: Currency,
    ) -> Result<WalletView, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let account = sqlx::query!(
            "SELECT debits_posted, credits_posted, debits_pending FROM accounts
             WHERE tenant_id = $1 AND kind = 'WALLET' AND owner_id = $2 AND currency = $3",
            uow.context().tenant.as_uuid(),
            user.as_uuid(),
            currency.code(),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?;
        let (payee, now) = (uow.payee(user).await?, uow.now());
        let blocked = !payee.is_cleared(now);
        let Some(account) = account else {
            return Ok(WalletView {
                blocked,
                ..WalletView::default()
            });
        };
        Ok(WalletView {
            blocked,
            balance_minor: account.credits_posted - account.debits_posted,
            held_minor: account.debits_pending,
        })
    }

    async fn wallet_entries(
        &self,
        actor: &Actor,
        wallet: (UserId, Currency),
        page: EntriesPage,
    ) -> Result<Vec<WalletEntry>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        match account_of(&mut uow, wallet).await? {
            Some(account) => entries(&mut uow, account, page).await,
            None => Ok(Vec::new()),
        }
    }

    async fn statement(
        &self,
        actor: &Actor,
        wallet: (UserId, Currency),
        (from, to): (OffsetDateTime, OffsetDateTime),
    ) -> Result<Statement, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let Some(account) = account_of(&mut uow, wallet).await? else {
            return Ok(Statement::default());
        };
        let rows = sqlx::query!(
            r#"SELECT transfer_id, purpose, at, project_id, at < $3 AS "before!",
                      amount * CASE WHEN debit_account = $2 THEN -1 ELSE 1 END AS "amount!"
               FROM transfers
               WHERE tenant_id = $1 AND kind IN ('POSTED', 'POST_PENDING') AND at < $4
                 AND (debit_account = $2 OR credit_account = $2)
               ORDER BY seq"#,
            uow.context().tenant.as_uuid(),
            account,
            from,
            to,
        )
        .fetch_all(uow.conn())
        .await
        .map_err(store_error)?;
        let mut statement = Statement::default();
        for row in rows {
            if row.before {
                statement.opening_minor += row.amount;
                continue;
            }
            statement.entries.push(WalletEntry {
                transfer: row.transfer_id.into(),
                purpose: pg::stored(&row.purpose)?,
                amount_minor: row.amount,
                phase: EntryPhase::Posted,
                at: row.at,
                project: row.project_id.map(Into::into),
            });
        }
        Ok(statement)
    }

    async fn deposit(&self, actor: &Actor, id: TransferId) -> Result<Option<Deposit>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        uow.deposit_for_update(id).await
    }

    async fn suspense(&self, actor: &Actor) -> Result<Vec<Unmatched>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let rows = sqlx::query!(
            "SELECT d.transfer_id, d.bank_reference, d.note, d.booked_by, d.at, t.amount,
                    t.currency
             FROM deposits d JOIN transfers t USING (tenant_id, transfer_id)
             WHERE d.tenant_id = $1 AND d.user_id IS NULL
               AND NOT EXISTS (SELECT FROM deposit_steps s
                   WHERE s.tenant_id = d.tenant_id AND s.deposit_id = d.transfer_id)
             ORDER BY d.at, d.transfer_id",
            uow.context().tenant.as_uuid(),
        )
        .fetch_all(uow.conn())
        .await
        .map_err(store_error)?;
        let mut waiting = Vec::with_capacity(rows.len());
        for row in rows {
            let deposit = Deposit {
                id: row.transfer_id.into(),
                user: None,
                amount: amount(row.amount, &row.currency)?,
                bank_reference: row.bank_reference,
                note: row.note,
                booked_by: row.booked_by.into(),
                returned: false,
            };
            let at = row.at;
            waiting.push(Unmatched { deposit, at });
        }
        Ok(waiting)
    }

    async fn payout_account(
        &self,
        actor: &Actor,
        user: UserId,
    ) -> Result<Option<PayoutAccount>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        uow.payout_account_for_update(user).await
    }

    async fn payout(
        &self,
        actor: &Actor,
        id: PayoutId,
    ) -> Result<Option<QueuedPayout>, StoreError> {
        Ok(payouts(self, actor, Some(id)).await?.pop())
    }

    async fn payout_queue(&self, actor: &Actor) -> Result<Vec<QueuedPayout>, StoreError> {
        payouts(self, actor, None).await
    }

    async fn trial_balance(
        &self,
        actor: &Actor,
        currency: Currency,
    ) -> Result<Vec<KindBalance>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let rows = sqlx::query!(
            r#"SELECT kind, sum(debits_posted)::bigint AS "debits!",
                      sum(credits_posted)::bigint AS "credits!",
                      sum(debits_pending + credits_pending)::bigint AS "pending!"
               FROM accounts WHERE tenant_id = $1 AND currency = $2 GROUP BY kind ORDER BY kind"#,
            uow.context().tenant.as_uuid(),
            currency.code(),
        )
        .fetch_all(uow.conn())
        .await
        .map_err(store_error)?;
        let mut balances = Vec::with_capacity(rows.len());
        for row in rows {
            balances.push(KindBalance {
                kind: pg::stored(&row.kind)?,
                debits_minor: row.debits,
                credits_minor: row.credits,
                pending_minor: row.pending,
            });
        }
        Ok(balances)
    }
}

/// A wallet that never held anything has no account.
async fn account_of(
    uow: &mut Uow,
    (user, currency): (UserId, Currency),
) -> Result<Option<Uuid>, StoreError> {
    sqlx::query_scalar!(
        "SELECT account_id FROM accounts
         WHERE tenant_id = $1 AND kind = 'WALLET' AND owner_id = $2 AND currency = $3",
        uow.context().tenant.as_uuid(),
        user.as_uuid(),
        currency.code(),
    )
    .fetch_optional(uow.conn())
    .await
    .map_err(store_error)
}

/// The transfers of a wallet as its owner reads them: a hold and its end are one line.
async fn entries(
    uow: &mut Uow,
    account: Uuid,
    page: EntriesPage,
) -> Result<Vec<WalletEntry>, StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    let rows = sqlx::query!(
        r#"SELECT t.transfer_id, t.purpose, t.kind, t.at, t.project_id, e.kind AS "ended_by?",
                  CASE WHEN e.kind = 'POST_PENDING' THEN e.amount ELSE t.amount END
                  * CASE WHEN t.debit_account = $2 THEN -1 ELSE 1 END AS "amount!"
           FROM transfers t LEFT JOIN transfers e
             ON e.tenant_id = t.tenant_id AND e.pending_id = t.transfer_id
           WHERE t.tenant_id = $1 AND t.kind IN ('POSTED', 'PENDING')
             AND (t.debit_account = $2 OR t.credit_account = $2)
             AND ($3::text IS NULL OR t.purpose = $3)
             AND ($4::uuid IS NULL OR t.project_id = $4)
             AND ($5::uuid IS NULL OR t.seq < (SELECT a.seq FROM transfers a
                 WHERE a.tenant_id = $1 AND a.transfer_id = $5))
           ORDER BY t.seq DESC LIMIT $6"#,
        tenant,
        account,
        page.purpose.map(|purpose| purpose.to_string()),
        page.project.map(ProjectId::as_uuid),
        page.after.map(TransferId::as_uuid),
        page.first,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        entries.push(WalletEntry {
            transfer: row.transfer_id.into(),
            purpose: pg::stored(&row.purpose)?,
            amount_minor: row.amount,
            phase: match (row.kind.as_str(), row.ended_by.as_deref()) {
                ("POSTED", _) | (_, Some("POST_PENDING")) => EntryPhase::Posted,
                (_, None) => EntryPhase::Pending,
                (_, Some(_)) => EntryPhase::Voided,
            },
            at: row.at,
            project: row.project_id.map(Into::into),
        });
    }
    Ok(entries)
}

/// One payout, or those that wait.
async fn payouts(
    db: &Database,
    actor: &Actor,
    id: Option<PayoutId>,
) -> Result<Vec<QueuedPayout>, StoreError> {
    let mut uow = db.unit_of_work(Context::from(actor)).await?;
    let rows = sqlx::query!(
        "SELECT payout_id, user_id, amount, currency, bank_account, state, needs_agreement,
                agreed_by, failure, requested_at
         FROM payouts
         WHERE tenant_id = $1 AND CASE WHEN $2::uuid IS NULL
               THEN state IN ('REQUESTED', 'AGREED') ELSE payout_id = $2 END
         ORDER BY requested_at, payout_id",
        uow.context().tenant.as_uuid(),
        id.map(PayoutId::as_uuid),
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut payouts = Vec::with_capacity(rows.len());
    for row in rows {
        let payout = PayoutRow {
            payout_id: row.payout_id,
            user_id: row.user_id,
            amount: row.amount,
            currency: row.currency,
            bank_account: row.bank_account,
            state: row.state,
            needs_agreement: row.needs_agreement,
            agreed_by: row.agreed_by,
            failure: row.failure,
        };
        payouts.push(QueuedPayout {
            payout: payout.try_into()?,
            requested_at: row.requested_at,
        });
    }
    Ok(payouts)
}
