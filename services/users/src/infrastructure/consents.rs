//! What people have agreed to, on PostgreSQL. Rows are only added.

use async_trait::async_trait;
use ids::UserId;
use pg::{Uow, store_error};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};

use super::publisher;
use crate::application::ports::Consents;
use crate::domain::Consent;

#[async_trait]
impl Consents for Uow {
    async fn given(
        &mut self,
        user: UserId,
    ) -> Result<Vec<(Consent, i32, OffsetDateTime)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT consent, version, given_at FROM consents WHERE tenant_id = $1 AND user_id = $2",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| Ok((pg::stored(&row.consent)?, row.version, row.given_at)))
            .collect()
    }

    async fn give(
        &mut self,
        user: UserId,
        (consent, version): (Consent, i32),
        text_hash: [u8; 32],
    ) -> Result<(), StoreError> {
        let now = self.now();
        let given = sqlx::query!(
            "INSERT INTO consents (tenant_id, user_id, consent, version, text_hash, given_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            consent.to_string(),
            version,
            text_hash.as_slice(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if given.rows_affected() == 0 {
            return Ok(());
        }
        publisher::consent_given(self, user, (consent, version)).await
    }

    async fn issue(&mut self, consent: Consent, version: i32) -> Result<(), StoreError> {
        let issued = sqlx::query!(
            "INSERT INTO consent_texts (tenant_id, consent, version) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            consent.to_string(),
            version,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if issued.rows_affected() == 0 {
            return Ok(());
        }
        publisher::text_issued(self, (consent, version)).await
    }
}
