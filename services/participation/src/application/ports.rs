//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{Change, Offering, Participation, SealedList, Standing};

/// An investor as Users described them last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Investor {
    /// Who.
    pub id: UserId,
    /// Whether the identity was verified.
    pub verified: bool,
    /// From here on it is not any more.
    pub valid_until: Option<OffsetDateTime>,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
///
/// Everything about an offering and its participations is decided under the offering's lock.
#[async_trait]
pub trait Tx: UnitOfWork {
    /// Locks the offering.
    async fn offering_for_update(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<Offering>, StoreError>;

    /// Locks the offering of the participation, then reads both.
    async fn participation_for_update(
        &mut self,
        id: ParticipationId,
    ) -> Result<Option<(Offering, Participation)>, StoreError>;

    /// All participations of a locked offering, whatever became of them.
    async fn participations(
        &mut self,
        offering: &Offering,
    ) -> Result<Vec<Participation>, StoreError>;

    /// What is known of an investor in a locked offering, at the time of the unit of work.
    async fn standing(
        &mut self,
        offering: &Offering,
        investor: UserId,
    ) -> Result<Standing, StoreError>;

    /// Stores a new offering and records `OfferingOpened`. `Conflict` when there is one already.
    async fn open_offering(&mut self, offering: &Offering) -> Result<(), StoreError>;

    /// Stores both and records what happened to them: first to the participation.
    async fn save(
        &mut self,
        offering: &Offering,
        participation: &Participation,
        change: Change,
    ) -> Result<(), StoreError>;

    /// Stores the offering and records `OfferingSealed` with the list and its lower-case hex hash.
    async fn save_sealed(
        &mut self,
        offering: &Offering,
        list: &SealedList,
        hash: &str,
    ) -> Result<(), StoreError>;

    /// Stores the offering and records `OfferingClosed`.
    async fn save_closed(&mut self, offering: &Offering, reason: &str) -> Result<(), StoreError>;

    /// Keeps what Users said last.
    async fn keep_investor(&mut self, investor: Investor) -> Result<(), StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;

    /// Undecided requests whose time is over, of all tenants; the longest overdue first.
    async fn overdue_requests(&self) -> Result<Vec<(TenantId, ParticipationId)>, StoreError>;

    /// Full offerings, of all tenants, that nothing but a last look keeps from being sealed.
    async fn sealable_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError>;
}

/// An offering as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferingView {
    /// Its sums and its terms.
    pub offering: Offering,
    /// How many participations were taken.
    pub participants: i64,
    /// Of the sealed list.
    pub seal_hash: Option<String>,
}

/// A part of a list, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub first: i64,
    /// Older than this one.
    pub after: Option<ParticipationId>,
}

/// The queries, each in the actor's tenant.
#[async_trait]
pub trait Reads: Send + Sync {
    /// One offering.
    async fn offering(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<OfferingView>, StoreError>;

    /// One participation, with the project's owner.
    async fn participation(
        &self,
        actor: &Actor,
        id: ParticipationId,
    ) -> Result<Option<(UserId, Participation)>, StoreError>;

    /// Those of one investor.
    async fn participations_of_investor(
        &self,
        actor: &Actor,
        investor: UserId,
        page: Page,
    ) -> Result<Vec<Participation>, StoreError>;

    /// Those of one project.
    async fn participations_of_project(
        &self,
        actor: &Actor,
        project: ProjectId,
        page: Page,
    ) -> Result<Vec<Participation>, StoreError>;
}
