//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::{TenantId, UserId};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{Consent, Documents, Investor, InvestorFact, Kyc};

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

/// A person at the business instant that their KYC state is to be read at.
pub type Seen = (Person, OffsetDateTime);

/// An investor by their public name.
pub type NamedInvestor = (UserId, String, Investor);

/// Where investors stand.
#[async_trait]
pub trait Investors {
    /// Locks an investor; `None` is somebody whom we have never heard of.
    async fn investor_for_update(&mut self, id: UserId) -> Result<Option<Investor>, StoreError>;
    /// Reads an investor, known or not.
    async fn investor(&mut self, id: UserId) -> Result<NamedInvestor, StoreError>;
    /// Whose request waits for a decision, the longest waiting first, `first` at most.
    async fn category_requests(&mut self, first: i64) -> Result<Vec<NamedInvestor>, StoreError>;
    /// Stores a locked investor and records what happened; `by` is whoever did it.
    async fn save_investor(
        &mut self,
        id: UserId,
        investor: &Investor,
        (fact, by): (&InvestorFact, UserId),
    ) -> Result<(), StoreError>;
}

/// What people have agreed to.
#[async_trait]
pub trait Consents {
    /// When a person agreed to which version of each text.
    async fn given(
        &mut self,
        user: UserId,
    ) -> Result<Vec<(Consent, i32, OffsetDateTime)>, StoreError>;
    /// Stores it and records `ConsentGiven`; nothing happens where it was given before.
    async fn give(
        &mut self,
        user: UserId,
        (consent, version): (Consent, i32),
        text_hash: [u8; 32],
    ) -> Result<(), StoreError>;
    /// Records `ConsentTextIssued`, once a version.
    async fn issue(&mut self, consent: Consent, version: i32) -> Result<(), StoreError>;
}

/// One unit of work. Dropped without `commit` it leaves no trace.
#[async_trait]
pub trait Tx: UnitOfWork + Investors + Consents {
    /// Locks the person, known or not: two submissions of one person never run side by side.
    async fn person_for_update(&mut self, id: UserId) -> Result<Person, StoreError>;
    /// Reads the person, known or not.
    async fn person(&mut self, id: UserId) -> Result<Person, StoreError>;
    /// The names that these people showed; who showed none is left out.
    async fn names(&mut self, ids: &[UserId]) -> Result<Vec<(UserId, String)>, StoreError>;
    /// Who waits for a decision, the longest waiting first, `first` at most.
    async fn pending(&mut self, first: i64) -> Result<Vec<Person>, StoreError>;
    /// Has a profile for a person who may have none yet.
    async fn register(&mut self, id: UserId) -> Result<(), StoreError>;
    /// Stores a locked person and records `KycSubmitted`, `KycVerified`, `KycRejected` or
    /// `KycExpired`, as their KYC now says; `by` is whoever decided, empty where nobody did.
    async fn save(&mut self, person: &Person, by: &str) -> Result<(), StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
    /// Verifications that are over but not yet expired, of all tenants, the longest over first.
    async fn over(&self) -> Result<Vec<(TenantId, UserId)>, StoreError>;
    /// The operators whose other services were not told of one of these versions.
    async fn untold(&self, in_force: &[(Consent, i32)]) -> Result<Vec<TenantId>, StoreError>;
}
