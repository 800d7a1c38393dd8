//! The unit of work as the use cases see it: what every service's `Tx` can do, whatever it
//! stores. `pg::Uow` is its one implementation; rules and use cases never name that.

use async_trait::async_trait;
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// Why the store did not answer. None of these is a refusal by a rule.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another unit of work was there first; the same call with the same key may succeed.
    #[error("the record was changed at the same moment")]
    Conflict,
    /// The idempotency key was used before with another request.
    #[error("the idempotency key was used before with another request")]
    KeyReused,
    /// The store failed; the cause is for the log, not for the caller.
    #[error("the store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// A fault with its cause.
    pub fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}

/// A key that cannot serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key of 1 to 200 characters is required")]
pub struct UnusableKey;

/// The caller's name for one operation (security.md §Money 7): the same key with the same request
/// is answered as before, with another request it is refused.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// The use case, so that one key may serve different ones.
    pub operation: &'static str,
    /// The caller's own text.
    pub key: String,
    /// SHA-256 of the request's contents.
    pub request_hash: [u8; 32],
}

impl IdempotencyKey {
    /// Refuses an empty or overlong key. `request` is everything that makes the request what it
    /// is, except the key.
    pub fn try_new(
        operation: &'static str,
        key: String,
        request: &impl Serialize,
    ) -> Result<Self, UnusableKey> {
        if key.is_empty() || key.chars().count() > 200 {
            return Err(UnusableKey);
        }
        let bytes = serde_json::to_vec(request).expect("a request is plain data");
        Ok(Self {
            operation,
            key,
            request_hash: Sha256::digest(bytes).into(),
        })
    }
}

/// What the `Tx` of every service can do. Dropped without `commit` it leaves no trace.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Business time at the start of the unit of work (architecture.md §5).
    fn now(&self) -> OffsetDateTime;

    /// The answer that this key got before, if any. Ask after the lock is taken.
    async fn answer_to(&mut self, key: &IdempotencyKey) -> Result<Option<String>, StoreError>;

    /// Keeps the answer beside the effect, in the same transaction.
    async fn remember(&mut self, key: &IdempotencyKey, answer: &str) -> Result<(), StoreError>;

    /// Moves business time on to this offset from the database's clock, in seconds; never back.
    async fn advance_business_time(&mut self, offset_s: i64) -> Result<(), StoreError>;

    /// Makes everything lasting, at once.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
