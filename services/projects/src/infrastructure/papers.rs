//! The documents' rows.

use async_trait::async_trait;
use contracts::projects as pb;
use ids::{DocumentId, ProjectId};
use journal::Record as _;
use pg::{Uow, store_error};
use uow::{StoreError, UnitOfWork as _};

use crate::application::papers::ports::PapersTx;
use crate::domain::{Document, File};

#[async_trait]
impl PapersTx for Uow {
    async fn documents(&mut self, project: ProjectId) -> Result<Vec<Document>, StoreError> {
        let rows = sqlx::query!(
            "SELECT document_id, kind, title, visibility, blob_key, sha256, media_type, length,
                    attached_at, supersedes
             FROM documents
             WHERE tenant_id = $1 AND project_id = $2 AND removed_at IS NULL
             ORDER BY document_id",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        let documents = rows.into_iter().map(|row| {
            let sha256 = row.sha256.try_into();
            Ok(Document {
                id: row.document_id.into(),
                kind: pg::stored(&row.kind)?,
                title: row.title,
                visibility: pg::stored(&row.visibility)?,
                file: File {
                    key: row.blob_key,
                    sha256: sha256.map_err(|_| StoreError::failed("no SHA-256"))?,
                    media_type: row.media_type,
                    length: row.length,
                },
                attached_at: row.attached_at,
                supersedes: row.supersedes.map(DocumentId::from),
            })
        });
        documents.collect()
    }

    async fn add_document(
        &mut self,
        project: ProjectId,
        document: &Document,
    ) -> Result<(), StoreError> {
        let Document {
            id,
            kind,
            title,
            visibility,
            file,
            attached_at,
            supersedes,
        } = document;
        sqlx::query!(
            "INSERT INTO documents (tenant_id, document_id, project_id, kind, title, visibility,
                 blob_key, sha256, media_type, length, attached_at, supersedes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            project.as_uuid(),
            <&str>::from(kind),
            title,
            <&str>::from(visibility),
            file.key,
            file.sha256.as_slice(),
            file.media_type,
            file.length,
            attached_at,
            supersedes.map(DocumentId::as_uuid),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::DocumentAttached {
            project_id: project.to_string(),
            document_id: id.to_string(),
            kind: kind.to_string(),
            sha256: hex::encode(file.sha256),
            visibility: visibility.to_string(),
            supersedes: supersedes.map(|old| old.to_string()).unwrap_or_default(),
        };
        self.record(project.as_uuid(), &event).await.map(drop)
    }

    async fn remove_image(
        &mut self,
        project: ProjectId,
        image: DocumentId,
    ) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query!(
            "UPDATE documents SET removed_at = $3 WHERE tenant_id = $1 AND document_id = $2",
            self.context().tenant.as_uuid(),
            image.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let event = pb::ImageRemoved {
            project_id: project.to_string(),
            document_id: image.to_string(),
        };
        self.record(project.as_uuid(), &event).await.map(drop)
    }
}
