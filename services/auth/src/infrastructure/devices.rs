//! Known browsers on PostgreSQL.

use async_trait::async_trait;
use ids::UserId;
use pg::{Uow, store_error};
use uow::StoreError;

use super::publisher;
use crate::application::ports::Devices;
use crate::domain::Digest;

#[async_trait]
impl Devices for Uow {
    async fn device(&mut self, user: UserId, device: Digest) -> Result<(bool, bool), StoreError> {
        let row = sqlx::query!(
            r#"SELECT count(*) > 0 AS "any!",
                      count(*) FILTER (WHERE device_hash = $3) > 0 AS "this!"
               FROM devices WHERE tenant_id = $1 AND user_id = $2"#,
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            device.as_slice(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok((row.this, row.any))
    }

    async fn keep_device(&mut self, user: UserId, device: Digest) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO devices (tenant_id, user_id, device_hash) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            device.as_slice(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn limited(&mut self, user: UserId) -> Result<(), StoreError> {
        publisher::sign_ins_limited(self, user).await
    }
}
