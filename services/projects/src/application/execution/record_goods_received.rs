//! The owner counts what arrived.

use authz::Actor;
use ids::ProjectId;
use serde::Serialize;
use uow::IdempotencyKey;

use super::ExecutionError;
use crate::application::App;
use crate::application::command::own;
use crate::domain::execution::{Count, ExecutionRefusal};

/// What arrived.
#[derive(Clone, Debug, Serialize)]
pub struct RecordGoodsReceived {
    /// Of which project.
    pub project: ProjectId,
    /// What was found.
    pub count: Count,
}

/// Freezes the allotments, once. Only the project's owner may.
#[tracing::instrument(name = "projects.record_goods_received", skip_all)]
pub async fn record_goods_received(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: RecordGoodsReceived,
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("record_goods_received", key, &cmd)?;
    let mut tx = app.store.begin(actor).await?;
    let mut project = own(&mut *tx, actor, cmd.project).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    project.check_goods_move()?;
    if tx.goods(project.id).await?.is_some() {
        return Err(ExecutionRefusal::AlreadyReceived.into());
    }
    let sealed = tx.sealed_list(&project).await?;

    let (goods, allotments) = project.receive(&cmd.count, &sealed, tx.now())?;

    let note = &cmd.count.note;
    tx.add_goods(&project, &goods, &allotments, note).await?;
    tx.save(&project, &[]).await?;
    tx.remember(&key, &project.id.to_string()).await?;
    Ok(tx.commit().await?)
}
