//! What the use cases need of the store, in their own words.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use money::Money;
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use super::agreement::Agreement;
use crate::domain::{
    Change, Offering, Participation, ParticipationState, SealedList, ShareType, Standing,
};

/// An investor's identity as Users judged it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub investor: UserId,
    /// Whether the identity was verified.
    pub verified: bool,
    /// From here on it is not any more, whether or not Users has said so yet.
    pub valid_until: Option<OffsetDateTime>,
}

/// What an investor may put in at most, as Users said last; each counts in its own currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvestorLimits {
    /// Who.
    pub investor: UserId,
    /// Into one project; `None` is no limit.
    pub per_project: Option<Money>,
    /// Into all projects in twelve months; `None` is no limit.
    pub per_12_months: Option<Money>,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
///
/// Everything about an offering and its participations is decided under the offering's lock; what
/// counts toward an investor's limits, under the investor's too, which is taken after it.
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

    /// Those of a locked offering with these ids.
    async fn chosen(
        &mut self,
        offering: &Offering,
        ids: &[ParticipationId],
    ) -> Result<Vec<Participation>, StoreError>;

    /// The first of a locked offering's waiting list, in its order.
    async fn waiting(&mut self, offering: &Offering) -> Result<Vec<Participation>, StoreError>;

    /// Locks what these investors have in projects of the offering's currency, in the order given,
    /// which is that of their ids.
    async fn lock_exposures(
        &mut self,
        offering: &Offering,
        investors: &[UserId],
    ) -> Result<(), StoreError>;

    /// What is known of an investor whose exposure is locked, at the time of the unit of work.
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

    /// Stores the offering alone; nothing that others must know happened to it.
    async fn save_offering(&mut self, offering: &Offering) -> Result<(), StoreError>;

    /// Stores the offering and records `OfferingSealed` with the list and its lower-case hex hash.
    async fn save_sealed(
        &mut self,
        offering: &Offering,
        list: &SealedList,
        hash: &str,
    ) -> Result<(), StoreError>;

    /// Stores the offering and records `OfferingDeadlineMissed`.
    async fn save_deadline_missed(&mut self, offering: &Offering) -> Result<(), StoreError>;

    /// Stores the offering and records `OfferingClosed`.
    async fn save_closed(
        &mut self,
        offering: &Offering,
        reason: &str,
        refunds: i64,
    ) -> Result<(), StoreError>;

    /// Keeps what was signed for a participation.
    async fn keep_agreement(
        &mut self,
        id: ParticipationId,
        agreement: &Agreement,
    ) -> Result<(), StoreError>;

    /// Keeps what Users said last of an identity.
    async fn keep_identity(&mut self, identity: Identity) -> Result<(), StoreError>;

    /// Keeps what Users said last of an investor's limits.
    async fn keep_limits(&mut self, limits: InvestorLimits) -> Result<(), StoreError>;

    /// Keeps which version of a text a person agreed to last.
    async fn keep_consent(
        &mut self,
        user: UserId,
        consent: &str,
        version: i32,
    ) -> Result<(), StoreError>;

    /// Keeps which version of a text is in force from here on.
    async fn keep_text(&mut self, consent: &str, version: i32) -> Result<(), StoreError>;

    /// Keeps whether a project is suspended, which may be before it has an offering.
    async fn keep_suspended(
        &mut self,
        project: ProjectId,
        suspended: bool,
    ) -> Result<(), StoreError>;

    /// Whether it is.
    async fn is_suspended(&mut self, project: ProjectId) -> Result<bool, StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;

    /// Undecided requests and places whose time is over, of all tenants; the longest overdue first.
    async fn overdue(&self) -> Result<Vec<(TenantId, ParticipationId)>, StoreError>;

    /// Those that were not renewed in time after a material change, of all tenants.
    async fn unrenewed(&self) -> Result<Vec<(TenantId, ParticipationId)>, StoreError>;

    /// Offerings, of all tenants, whose deadline has passed below the goal with nobody left.
    async fn missed_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError>;

    /// Offerings, of all tenants, with room for somebody on their waiting list.
    async fn promotable_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError>;

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
    /// How many wait for room.
    pub waiting: i64,
    /// Of the sealed list.
    pub seal_hash: Option<String>,
}

/// A participation as those who may see it do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub participation: Participation,
    /// Who decides about it.
    pub owner: UserId,
    /// Where it stands in the waiting list, from 1; `None` when it does not.
    pub place: Option<i64>,
}

/// In which order a list is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Sort {
    /// What was asked for last, first.
    #[default]
    Newest,
    /// The largest first; of two alike the newer.
    Amount,
}

/// Which part of which list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub first: i64,
    /// Behind this one.
    pub after: Option<ParticipationId>,
    /// Only in one of these states; in any where none is named.
    pub states: Vec<ParticipationState>,
    /// Only of this type.
    pub share_type: Option<ShareType>,
    /// In this order.
    pub sort: Sort,
}

/// The queries, each in the actor's tenant.
#[async_trait]
pub trait Reads: Send + Sync {
    /// One offering.
    async fn offering(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<OfferingView>, StoreError> {
        Ok(self.offerings(actor, &[project]).await?.pop())
    }

    /// The offerings of these projects; a project without one is left out.
    async fn offerings(
        &self,
        actor: &Actor,
        projects: &[ProjectId],
    ) -> Result<Vec<OfferingView>, StoreError>;

    /// One participation.
    async fn participation(
        &self,
        actor: &Actor,
        id: ParticipationId,
    ) -> Result<Option<Seen>, StoreError>;

    /// What was signed for it.
    async fn agreement(
        &self,
        actor: &Actor,
        id: ParticipationId,
    ) -> Result<Option<Agreement>, StoreError>;

    /// Those of one investor.
    async fn participations_of_investor(
        &self,
        actor: &Actor,
        investor: UserId,
        page: &Page,
    ) -> Result<Vec<Seen>, StoreError>;

    /// Those of one project.
    async fn participations_of_project(
        &self,
        actor: &Actor,
        project: ProjectId,
        page: &Page,
    ) -> Result<Vec<Seen>, StoreError>;
}
