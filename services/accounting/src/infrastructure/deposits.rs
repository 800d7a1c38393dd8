//! The part of the unit of work that deposits need.

use async_trait::async_trait;
use ids::{TransferId, UserId};
use pg::{Uow, store_error};
use uow::{StoreError, UnitOfWork as _};

use super::postgres::amount;
use super::publisher;
use crate::application::ports::DepositsTx;
use crate::domain::Deposit;

#[async_trait]
impl DepositsTx for Uow {
    async fn is_known(&mut self, user: UserId) -> Result<bool, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM known_users WHERE tenant_id = $1 AND user_id = $2)
               AS "known!""#,
            tenant,
            user.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn keep_known(&mut self, user: UserId) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO known_users (tenant_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            tenant,
            user.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn add_deposit(&mut self, deposit: &Deposit) -> Result<(), StoreError> {
        let (tenant, now) = (self.context().tenant.as_uuid(), self.now());
        sqlx::query!(
            "INSERT INTO deposits (tenant_id, bank_reference, transfer_id, user_id, note,
                    booked_by, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            tenant,
            deposit.bank_reference,
            deposit.id.as_uuid(),
            deposit.user.map(UserId::as_uuid),
            deposit.note,
            deposit.booked_by.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        match deposit.user {
            Some(user) => publisher::deposit_booked(self, deposit, user).await,
            None => publisher::deposit_unmatched(self, deposit).await,
        }
    }

    async fn deposit_for_update(&mut self, id: TransferId) -> Result<Option<Deposit>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        // Its row never changes: what becomes of it stands in rows of their own.
        sqlx::query!(
            r#"SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))::text AS "locked?""#,
            id.to_string(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let row = sqlx::query!(
            r#"SELECT d.bank_reference, d.note, d.booked_by, t.amount, t.currency,
                      coalesce(m.user_id, d.user_id) AS user_id,
                      r.step IS NOT NULL AS "returned!"
               FROM deposits d JOIN transfers t USING (tenant_id, transfer_id)
               LEFT JOIN deposit_steps m ON m.tenant_id = d.tenant_id
                AND m.deposit_id = d.transfer_id AND m.step = 'MATCHED'
               LEFT JOIN deposit_steps r ON r.tenant_id = d.tenant_id
                AND r.deposit_id = d.transfer_id AND r.step = 'RETURNED'
               WHERE d.tenant_id = $1 AND d.transfer_id = $2"#,
            tenant,
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Deposit {
            id,
            user: row.user_id.map(UserId::from),
            amount: amount(row.amount, &row.currency)?,
            bank_reference: row.bank_reference,
            note: row.note,
            booked_by: row.booked_by.into(),
            returned: row.returned,
        }))
    }

    async fn save_matched(
        &mut self,
        deposit: &Deposit,
        transfer: TransferId,
        by: UserId,
    ) -> Result<(), StoreError> {
        let user = deposit
            .user
            .ok_or_else(|| StoreError::failed("a matched deposit has a user"))?;
        add_step(self, ("MATCHED", Some(user)), deposit, transfer, (by, "")).await?;
        let moved = Deposit {
            id: transfer,
            ..deposit.clone()
        };
        publisher::deposit_booked(self, &moved, user).await
    }

    async fn save_returned(
        &mut self,
        deposit: &Deposit,
        transfer: TransferId,
        by_and_why: (UserId, &str),
    ) -> Result<(), StoreError> {
        add_step(self, ("RETURNED", None), deposit, transfer, by_and_why).await?;
        publisher::deposit_returned(self, deposit, by_and_why.1).await
    }
}

async fn add_step(
    uow: &mut Uow,
    (step, user): (&str, Option<UserId>),
    deposit: &Deposit,
    transfer: TransferId,
    (by, reason): (UserId, &str),
) -> Result<(), StoreError> {
    let (tenant, now) = (uow.context().tenant.as_uuid(), uow.now());
    sqlx::query!(
        "INSERT INTO deposit_steps (tenant_id, deposit_id, step, transfer_id, user_id, reason,
                done_by, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        deposit.id.as_uuid(),
        step,
        transfer.as_uuid(),
        user.map(UserId::as_uuid),
        reason,
        by.as_uuid(),
        now,
    )
    .execute(uow.conn())
    .await
    .map(drop)
    .map_err(store_error)
}
