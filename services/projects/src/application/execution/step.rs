//! What the steps of execution have in common: the goods, and why not.

use ids::ClosureId;
use uow::{StoreError, UnusableKey};

use crate::application::CommandError;
use crate::application::ports::Tx;
use crate::domain::ImportProject;
use crate::domain::execution::{ExecutionRefusal, Goods};

/// Why a step took no effect.
#[derive(Debug, thiserror::Error)]
pub enum ExecutionError {
    /// As with any command on a project.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A rule of execution refused.
    #[error(transparent)]
    Refused(#[from] ExecutionRefusal),
    /// There is none in this project.
    #[error("there is no stock closure {0}")]
    NoSuchClosure(ClosureId),
}

impl From<StoreError> for ExecutionError {
    fn from(err: StoreError) -> Self {
        Self::Command(err.into())
    }
}

impl From<UnusableKey> for ExecutionError {
    fn from(key: UnusableKey) -> Self {
        Self::Command(key.into())
    }
}

/// The goods of a locked project; refused before they are counted, and when they do not move.
pub(super) async fn moving_goods(
    tx: &mut dyn Tx,
    project: &ImportProject,
) -> Result<Goods, ExecutionError> {
    project.check_goods_move()?;
    let goods = tx.goods(project.id).await?;
    Ok(goods.ok_or(ExecutionRefusal::NotReceived)?)
}
