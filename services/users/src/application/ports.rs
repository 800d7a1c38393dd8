//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::UserId;
use uow::{StoreError, UnitOfWork};

use crate::domain::{Documents, Kyc};

/// A person, as far as we know them.
#[derive(Clone)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What they showed last; `None` until they did.
    pub documents: Option<Documents>,
    /// Where the verification stands.
    pub kyc: Kyc,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
#[async_trait]
pub trait Tx: UnitOfWork {
    /// Locks the person, known or not: two submissions of one person never run side by side.
    async fn person_for_update(&mut self, id: UserId) -> Result<Person, StoreError>;
    /// Reads the person, known or not.
    async fn person(&mut self, id: UserId) -> Result<Person, StoreError>;
    /// Stores the person and records `KycSubmitted`, `KycVerified` or `KycRejected`, as their KYC
    /// now says; `by` is the label of whoever did it.
    async fn save(&mut self, person: &Person, by: &str) -> Result<(), StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
}
