//! The part of the unit of work that payouts need.

use async_trait::async_trait;
use ids::{PayoutId, UserId};
use money::{Currency, Money};
use pg::{Uow, store_error};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use super::postgres::amount;
use super::publisher;
use crate::application::ports::PayoutsTx;
use crate::domain::{BankAccount, Payee, Payout, PayoutAccount};

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

    async fn payout_account_for_update(
        &mut self,
        user: UserId,
    ) -> Result<Option<PayoutAccount>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query_as!(
            AccountRow,
            "SELECT country, scheme, number, usable_from FROM payout_accounts
             WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE",
            tenant,
            user.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(PayoutAccount::try_from).transpose()
    }

    async fn save_payout_account(
        &mut self,
        user: UserId,
        set: &PayoutAccount,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO payout_accounts (tenant_id, user_id, country, scheme, number, usable_from)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET
                    (country, scheme, number, usable_from) = (excluded.country, excluded.scheme,
                     excluded.number, excluded.usable_from)",
            tenant,
            user.as_uuid(),
            set.account.country,
            set.account.scheme.to_string(),
            set.account.number,
            set.usable_from,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::payout_account_changed(self, user, set).await
    }

    async fn drawn_alone(
        &mut self,
        user: UserId,
        currency: Currency,
        since: OffsetDateTime,
    ) -> Result<Money, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let minor = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(amount), 0)::bigint AS "drawn!" FROM payouts
               WHERE tenant_id = $1 AND user_id = $2 AND currency = $3 AND requested_at > $4
                 AND NOT needs_agreement AND state <> 'FAILED'"#,
            tenant,
            user.as_uuid(),
            currency.code(),
            since,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Money::try_new(minor, currency).map_err(StoreError::failed)
    }

    async fn payout_for_update(&mut self, id: PayoutId) -> Result<Option<Payout>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let row = sqlx::query_as!(
            PayoutRow,
            "SELECT payout_id, user_id, amount, currency, bank_account, state, needs_agreement,
                    agreed_by, failure
             FROM payouts WHERE tenant_id = $1 AND payout_id = $2 FOR UPDATE",
            tenant,
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(Payout::try_from).transpose()
    }

    async fn add_payout(&mut self, payout: &Payout) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let now = self.now();
        sqlx::query!(
            "INSERT INTO payouts (tenant_id, payout_id, user_id, amount, currency, bank_account,
                    state, needs_agreement, requested_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            tenant,
            payout.id.as_uuid(),
            payout.user.as_uuid(),
            payout.amount.minor(),
            payout.amount.currency().code(),
            payout.bank_account,
            payout.state.to_string(),
            payout.needs_agreement,
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::payout_requested(self, payout).await
    }

    async fn save_agreed_payout(&mut self, payout: &Payout) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "UPDATE payouts SET state = $3, agreed_by = $4
             WHERE tenant_id = $1 AND payout_id = $2",
            tenant,
            payout.id.as_uuid(),
            payout.state.to_string(),
            payout.agreed_by.map(UserId::as_uuid),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::payout_agreed(self, payout).await
    }

    async fn save_failed_payout(&mut self, payout: &Payout, by: UserId) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "UPDATE payouts SET state = $3, decided_by = $4, failure = $5
             WHERE tenant_id = $1 AND payout_id = $2",
            tenant,
            payout.id.as_uuid(),
            payout.state.to_string(),
            by.as_uuid(),
            payout.failure,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::payout_failed(self, payout).await
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

/// A row of `payouts`, without its times.
pub(super) struct PayoutRow {
    pub payout_id: Uuid,
    pub user_id: Uuid,
    pub amount: i64,
    pub currency: String,
    pub bank_account: String,
    pub state: String,
    pub needs_agreement: bool,
    pub agreed_by: Option<Uuid>,
    pub failure: Option<String>,
}

impl TryFrom<PayoutRow> for Payout {
    type Error = StoreError;

    fn try_from(row: PayoutRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.payout_id.into(),
            user: row.user_id.into(),
            amount: amount(row.amount, &row.currency)?,
            bank_account: row.bank_account,
            state: pg::stored(&row.state)?,
            needs_agreement: row.needs_agreement,
            agreed_by: row.agreed_by.map(UserId::from),
            failure: row.failure,
        })
    }
}

/// A row of `payout_accounts`.
pub(super) struct AccountRow {
    pub country: String,
    pub scheme: String,
    pub number: String,
    pub usable_from: OffsetDateTime,
}

impl TryFrom<AccountRow> for PayoutAccount {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            account: BankAccount {
                country: row.country,
                scheme: pg::stored(&row.scheme)?,
                number: row.number,
            },
            usable_from: row.usable_from,
        })
    }
}
