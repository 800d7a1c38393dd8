//! The queries on settlement runs.

use async_trait::async_trait;
use authz::Actor;
use ids::{ProjectId, RunId};
use pg::{Context, Database, store_error};
use uow::StoreError;
use uuid::Uuid;

use super::runs::RunRow;
use crate::application::ports::{RunReads, StoredRun};

#[async_trait]
impl RunReads for Database {
    async fn run(&self, actor: &Actor, id: RunId) -> Result<Option<StoredRun>, StoreError> {
        let found = runs(self, actor, Some(id.as_uuid()), None).await;
        found.map(|mut runs| runs.pop())
    }

    async fn runs(&self, actor: &Actor, project: ProjectId) -> Result<Vec<StoredRun>, StoreError> {
        runs(self, actor, None, Some(project.as_uuid())).await
    }
}

/// One run, or those of a project.
async fn runs(
    db: &Database,
    actor: &Actor,
    id: Option<Uuid>,
    project: Option<Uuid>,
) -> Result<Vec<StoredRun>, StoreError> {
    let mut uow = db.unit_of_work(Context::from(actor)).await?;
    let rows = sqlx::query!(
        "SELECT r.run_id, r.project_id, r.number, r.kind, r.state, r.hash, r.proposed_by,
                r.approved_by, r.document, b.owner_id
         FROM runs r JOIN project_books b USING (tenant_id, project_id)
         WHERE r.tenant_id = $1 AND (r.run_id = $2 OR r.project_id = $3)
         ORDER BY r.number",
        uow.context().tenant.as_uuid(),
        id,
        project,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    let mut runs = Vec::with_capacity(rows.len());
    for row in rows {
        let run = RunRow {
            run_id: row.run_id,
            project_id: row.project_id,
            number: row.number,
            kind: row.kind,
            state: row.state,
            hash: row.hash,
            proposed_by: row.proposed_by,
            approved_by: row.approved_by,
        };
        runs.push(StoredRun {
            run: run.try_into()?,
            owner: row.owner_id.into(),
            document: row.document,
        });
    }
    Ok(runs)
}
