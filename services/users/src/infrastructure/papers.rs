//! The papers' rows. Rows are only added.

use async_trait::async_trait;
use ids::{DocumentId, UserId};
use pg::{Uow, store_error};
use uow::StoreError;

use super::publisher;
use crate::application::ports::Papers;
use crate::domain::{File, Paper};

#[async_trait]
impl Papers for Uow {
    async fn papers(&mut self, user: UserId) -> Result<Vec<Paper>, StoreError> {
        let rows = sqlx::query!(
            "SELECT document_id, kind, blob_key, sha256, media_type, length, attached_at
             FROM kyc_documents WHERE tenant_id = $1 AND user_id = $2
             ORDER BY document_id",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| {
                let sha256 = row.sha256.try_into();
                Ok(Paper {
                    id: row.document_id.into(),
                    kind: pg::stored(&row.kind)?,
                    file: File {
                        key: row.blob_key,
                        sha256: sha256.map_err(|_| StoreError::failed("no SHA-256"))?,
                        media_type: row.media_type,
                        length: row.length,
                    },
                    attached_at: row.attached_at,
                })
            })
            .collect()
    }

    async fn attach(&mut self, user: UserId, paper: &Paper) -> Result<(), StoreError> {
        let Paper {
            id,
            kind,
            file,
            attached_at,
        } = paper;
        sqlx::query!(
            "INSERT INTO kyc_documents (tenant_id, user_id, document_id, kind, blob_key, sha256,
                 media_type, length, attached_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            id.as_uuid(),
            kind.to_string(),
            file.key,
            file.sha256.as_slice(),
            file.media_type,
            file.length,
            attached_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::paper_attached(self, user, paper).await
    }

    async fn viewed(
        &mut self,
        user: UserId,
        paper: DocumentId,
        by: UserId,
    ) -> Result<(), StoreError> {
        publisher::paper_viewed(self, user, (paper, by)).await
    }
}
