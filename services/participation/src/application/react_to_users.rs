//! What Users says about people is kept for their next request, and for their promotion.

use ids::UserId;
use uow::StoreError;

use super::ports::{Identity, InvestorLimits, Tx};

/// Users decided about an identity.
pub async fn investor_checked(tx: &mut dyn Tx, identity: Identity) -> Result<(), StoreError> {
    tx.keep_identity(identity).await
}

/// Somebody limits what an investor may put in.
pub async fn limits_set(tx: &mut dyn Tx, limits: InvestorLimits) -> Result<(), StoreError> {
    tx.keep_limits(limits).await
}

/// A person agreed to a text in this version.
pub async fn consent_given(
    tx: &mut dyn Tx,
    user: UserId,
    consent: &str,
    version: i32,
) -> Result<(), StoreError> {
    tx.keep_consent(user, consent, version).await
}

/// A text is in force; consents to earlier versions do not hold any more.
pub async fn text_issued(tx: &mut dyn Tx, consent: &str, version: i32) -> Result<(), StoreError> {
    tx.keep_text(consent, version).await
}
