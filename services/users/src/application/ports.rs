//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::{DocumentId, TenantId, UserId};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{Consent, Documents, File, Investor, InvestorFact, Kyc, Paper, Profile};

/// A person, as far as we know them.
#[derive(Clone)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What they showed last; `None` until they did.
    pub documents: Option<Documents>,
    /// Where the verification stands.
    pub kyc: Kyc,
    /// What they say of themselves.
    pub profile: Profile,
}

impl Person {
    /// What others call them; empty where nobody knows.
    pub fn name(&self) -> &str {
        let shown = self.documents.as_ref().map(|shown| &shown.full_name);
        let name = self.profile.display_name.as_ref().or(shown);
        name.map(String::as_str).unwrap_or_default()
    }
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

/// The papers behind identities.
#[async_trait]
pub trait Papers {
    /// A person's, the oldest first.
    async fn papers(&mut self, user: UserId) -> Result<Vec<Paper>, StoreError>;
    /// Stores one and records `KycDocumentAttached`.
    async fn attach(&mut self, user: UserId, paper: &Paper) -> Result<(), StoreError>;
    /// Records `KycDocumentViewed`.
    async fn viewed(
        &mut self,
        user: UserId,
        paper: DocumentId,
        by: UserId,
    ) -> Result<(), StoreError>;
}

/// One unit of work. Dropped without `commit` it leaves no trace.
#[async_trait]
pub trait Tx: UnitOfWork + Investors + Consents + Papers {
    /// Locks the person, known or not: two submissions of one person never run side by side.
    async fn person_for_update(&mut self, id: UserId) -> Result<Person, StoreError>;
    /// Reads the person, known or not.
    async fn person(&mut self, id: UserId) -> Result<Person, StoreError>;
    /// What these people are called; who said and showed nothing is left out.
    async fn names(&mut self, ids: &[UserId]) -> Result<Vec<(UserId, String)>, StoreError>;
    /// Who waits for a decision, the longest waiting first, `first` at most.
    async fn pending(&mut self, first: i64) -> Result<Vec<Person>, StoreError>;
    /// Has a profile for a person who may have none yet.
    async fn register(&mut self, id: UserId) -> Result<(), StoreError>;
    /// Stores a locked person's KYC and records `KycSubmitted`, `KycVerified`, `KycRejected`,
    /// `KycExpired` or `KycSuspended`, as it now says; `by` is whoever decided, empty where
    /// nobody did.
    async fn save(&mut self, person: &Person, by: &str) -> Result<(), StoreError>;
    /// Stores what a locked person says of themselves and records `ProfileUpdated`.
    async fn save_profile(&mut self, person: &Person) -> Result<(), StoreError>;
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

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// By a rule: `code` is stable.
    #[error("{text}")]
    Refused {
        /// For programs.
        code: &'static str,
        /// For developers.
        text: String,
    },
    /// By accident.
    #[error(transparent)]
    Failed(StoreError),
}

/// Where a file may be sent.
pub struct Ticket {
    /// Names the upload in the command that uses it.
    pub upload_id: String,
    /// The address.
    pub url: String,
    /// In real time.
    pub expires_at: OffsetDateTime,
}

/// Who keeps the papers' files.
#[async_trait]
pub trait Files: Send + Sync {
    /// Lets a person send one file of this media type and length.
    fn ticket(&self, user: UserId, media_type: &str, length: i64) -> Result<Ticket, FileError>;
    /// Takes what the person sent: sniffed, images encoded anew, kept under its hash.
    async fn accept(&self, user: UserId, upload_id: &str) -> Result<File, FileError>;
    /// Where a kept file can be read for five minutes; it is saved under this name.
    fn address(&self, file: &File, name: &str) -> Result<String, FileError>;
}
