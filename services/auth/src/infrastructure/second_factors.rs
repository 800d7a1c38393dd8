//! People's second factors on PostgreSQL, each under the lock of its person's account.

use async_trait::async_trait;
use ids::UserId;
use pg::{Uow, store_error};
use uow::StoreError;

use super::publisher;
use crate::application::ports::SecondFactors;
use crate::domain::{Digest, Otp, SecondFactor, Session};

#[async_trait]
impl SecondFactors for Uow {
    async fn second_factor_for_update(
        &mut self,
        user: UserId,
    ) -> Result<Option<SecondFactor>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "SELECT user_id FROM accounts WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE",
            tenant,
            user.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let row = sqlx::query!(
            "SELECT sealed_secret, last_step FROM second_factors
             WHERE tenant_id = $1 AND user_id = $2",
            tenant,
            user.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        Ok(row.map(|row| SecondFactor {
            sealed: row.sealed_secret,
            last_step: row.last_step,
        }))
    }

    async fn enroll(
        &mut self,
        user: UserId,
        factor: &SecondFactor,
        codes: &[Digest],
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO second_factors (tenant_id, user_id, sealed_secret, last_step)
             VALUES ($1, $2, $3, $4)",
            tenant,
            user.as_uuid(),
            factor.sealed,
            factor.last_step,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let codes: Vec<Vec<u8>> = codes.iter().map(|code| code.to_vec()).collect();
        sqlx::query!(
            "INSERT INTO recovery_codes (tenant_id, user_id, code_hash)
             SELECT $1, $2, hash FROM unnest($3::bytea[]) hash",
            tenant,
            user.as_uuid(),
            &codes,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::totp_enrolled(self, user).await
    }

    async fn save_step(&mut self, user: UserId, factor: &SecondFactor) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE second_factors SET last_step = $3 WHERE tenant_id = $1 AND user_id = $2",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            factor.last_step,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn use_recovery(&mut self, user: UserId, code: Digest) -> Result<bool, StoreError> {
        let used = sqlx::query!(
            "DELETE FROM recovery_codes
             WHERE tenant_id = $1 AND user_id = $2 AND code_hash = $3",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            code.as_slice(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        publisher::recovery_code_used(self, user).await?;
        Ok(true)
    }

    async fn remove_second_factor(&mut self, user: UserId) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let removed = sqlx::query!(
            "DELETE FROM second_factors WHERE tenant_id = $1 AND user_id = $2",
            tenant,
            user.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if removed.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE sessions SET otp_time = NULL WHERE tenant_id = $1 AND user_id = $2",
            tenant,
            user.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::totp_removed(self, user).await
    }

    async fn save_otp(&mut self, session: &Session, was_awaited: bool) -> Result<(), StoreError> {
        let is_shown = session.otp == Otp::Shown;
        sqlx::query!(
            "UPDATE sessions SET awaits_otp = $3, otp_time = CASE WHEN $4 THEN $5::timestamptz END,
                 auth_time = $5
             WHERE tenant_id = $1 AND session_id = $2",
            self.context().tenant.as_uuid(),
            session.id.as_uuid(),
            session.otp == Otp::Awaited,
            is_shown,
            session.auth_time,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if was_awaited && is_shown {
            publisher::signed_in(self, session).await?;
        }
        Ok(())
    }
}
