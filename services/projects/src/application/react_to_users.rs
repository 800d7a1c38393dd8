//! What Users says about people's identity is kept for the next publication.

use uow::StoreError;

use super::ports::{Identity, Tx};

/// Users decided about an identity.
pub async fn identity_checked(tx: &mut dyn Tx, identity: Identity) -> Result<(), StoreError> {
    tx.keep_identity(identity).await
}
