//! The part of the unit of work that payouts need.

use async_trait::async_trait;
use ids::{PayoutId, UserId};
use pg::{Uow, store_error};
use uow::{StoreError, UnitOfWork as _};

use super::postgres::amount;
use super::publisher;
use crate::application::ports::PayoutsTx;
use crate::domain::{Payee, Payout};

#[async_trait]
impl PayoutsTx for Uow {
    async fn payee(&mut self, user: UserId) -> Result<Payee, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query!(
            "SELECT verified, valid_until FROM payees WHERE tenant_id = $1 AND user_id = $2",
            tenant,
            user.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        Ok(row.map_or(Payee::unknown(user), |row| Payee {
            user,
            verified: row.verified,
            valid_until: row.valid_until,
        }))
    }

    async fn keep_payee(&mut self, payee: &Payee) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO payees (tenant_id, user_id, verified, valid_until)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET
                    (verified, valid_until) = (excluded.verified, excluded.valid_until)",
            tenant,
            payee.user.as_uuid(),
            payee.verified,
            payee.valid_until,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn payout_for_update(&mut self, id: PayoutId) -> Result<Option<Payout>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query!(
            "SELECT user_id, amount, currency, bank_account, state
             FROM payouts WHERE tenant_id = $1 AND payout_id = $2 FOR UPDATE",
            tenant,
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(Payout {
            id,
            user: row.user_id.into(),
            amount: amount(row.amount, &row.currency)?,
            bank_account: row.bank_account,
            state: pg::stored(&row.state)?,
        }))
    }

    async fn add_payout(&mut self, payout: &Payout) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let now = self.now();
        sqlx::query!(
            "INSERT INTO payouts (tenant_id, payout_id, user_id, amount, currency, bank_account,
                    state, requested_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            tenant,
            payout.id.as_uuid(),
            payout.user.as_uuid(),
            payout.amount.minor(),
            payout.amount.currency().code(),
            payout.bank_account,
            payout.state.to_string(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::payout_requested(self, payout).await
    }

    async fn save_paid_payout(
        &mut self,
        payout: &Payout,
        by: UserId,
        bank_reference: &str,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "UPDATE payouts SET state = $3, decided_by = $4, bank_reference = $5
             WHERE tenant_id = $1 AND payout_id = $2",
            tenant,
            payout.id.as_uuid(),
            payout.state.to_string(),
            by.as_uuid(),
            bank_reference,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::payout_paid(self, payout).await
    }
}
