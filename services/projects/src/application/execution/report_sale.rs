//! The owner says what was sold.

use authz::Actor;
use ids::{ProjectId, SaleId};
use serde::Serialize;
use uow::{IdempotencyKey, StoreError};

use super::ExecutionError;
use super::step::moving_goods;
use crate::application::App;
use crate::application::command::own;
use crate::domain::execution::SaleLine;

/// What was sold.
#[derive(Clone, Debug, Serialize)]
pub struct ReportSale {
    /// Of which project.
    pub project: ProjectId,
    /// To whom.
    pub buyer: String,
    /// What, and for how much.
    pub lines: Vec<SaleLine>,
}

/// Takes the units out of the stock; Accounting waits for the money. Only the project's owner may.
/// The same key gets the same sale.
#[tracing::instrument(name = "projects.report_sale", skip_all)]
pub async fn report_sale(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: ReportSale,
) -> Result<SaleId, ExecutionError> {
    let key = IdempotencyKey::try_new("report_sale", key, &cmd)?;
    let mut tx = app.store.begin(actor).await?;
    let project = own(&mut *tx, actor, cmd.project).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let mut goods = moving_goods(&mut *tx, &project).await?;

    let sale = goods.sell(SaleId::new(), &cmd.buyer, cmd.lines, project.currency())?;

    tx.add_sale(project.id, &goods, &sale).await?;
    tx.remember(&key, &sale.id.to_string()).await?;
    tx.commit().await?;
    Ok(sale.id)
}
