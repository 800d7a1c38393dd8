//! What the use cases of documents need of the store.

use async_trait::async_trait;
use ids::{DocumentId, ProjectId};
use uow::StoreError;

use crate::domain::Document;

/// The documents of a project, under its lock.
#[async_trait]
pub trait PapersTx: Send {
    /// All that are there, removed images aside, oldest first.
    async fn documents(&mut self, project: ProjectId) -> Result<Vec<Document>, StoreError>;

    /// Stores it and records `DocumentAttached`.
    async fn add_document(
        &mut self,
        project: ProjectId,
        document: &Document,
    ) -> Result<(), StoreError>;

    /// Marks an image as removed and records `ImageRemoved`.
    async fn remove_image(
        &mut self,
        project: ProjectId,
        image: DocumentId,
    ) -> Result<(), StoreError>;
}
