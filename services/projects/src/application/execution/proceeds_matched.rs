//! Accounting matched a bank receipt to a sale or a buy-back.

use ids::{ClaimId, ProjectId};
use uow::StoreError;

use crate::application::ports::Tx;

/// Keeps it under the claim's id; the claim itself may be heard of later.
pub async fn proceeds_matched(
    tx: &mut dyn Tx,
    project: ProjectId,
    claim: ClaimId,
) -> Result<(), StoreError> {
    tx.keep_match(project, claim).await
}
