//! What Users says about people's identity is kept for the next request.

use uow::StoreError;

use super::ports::{Investor, Tx};

/// Users decided about an identity.
pub async fn investor_checked(tx: &mut dyn Tx, investor: Investor) -> Result<(), StoreError> {
    tx.keep_investor(investor).await
}
