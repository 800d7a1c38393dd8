//! What the use cases need of the store, in their own words.

use std::collections::BTreeMap;

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProductId, ProjectId, RunId, TenantId, UserId};
use money::Money;
use strum::EnumString;
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use super::execution::ports::{ExecutionView, GoodsTx};
use super::news::ports::{NewsTx, Page};
use super::papers::ports::PapersTx;
use crate::domain::{
    Document, Flag, ImportProject, MaterialChange, Milestone, Participant, ParticipantState,
    ProjectFact, ProjectState, Question, SealedEntry, Sheets, Stock, TrackRecord, Update,
};

/// A person's identity as Users described it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Whose.
    pub id: UserId,
    /// Whether it was verified.
    pub verified: bool,
    /// From here on it is not any more.
    pub valid_until: Option<OffsetDateTime>,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
///
/// Everything about a project is decided under the project's lock.
#[async_trait]
pub trait Tx: UnitOfWork + GoodsTx + PapersTx + NewsTx {
    /// Locks the project.
    async fn project_for_update(
        &mut self,
        id: ProjectId,
    ) -> Result<Option<ImportProject>, StoreError>;

    /// Stores a draft with its products and records `ProjectCreated`.
    async fn add_project(&mut self, project: &ImportProject) -> Result<(), StoreError>;

    /// Stores a locked project and records what happened, in this order.
    async fn save(
        &mut self,
        project: &ImportProject,
        facts: &[ProjectFact],
    ) -> Result<(), StoreError>;

    /// Whether the identity is verified at the time of the unit of work.
    async fn is_verified(&mut self, user: UserId) -> Result<bool, StoreError>;

    /// Keeps what Users said last.
    async fn keep_identity(&mut self, identity: Identity) -> Result<(), StoreError>;

    /// Everybody who takes part in a locked project or asks to.
    async fn participants(&mut self, project: ProjectId) -> Result<Vec<UserId>, StoreError>;
    /// Stores a participation that is new here.
    async fn add_participant(&mut self, participant: &Participant) -> Result<(), StoreError>;

    /// Where a participation stands now; false when it is not known here.
    async fn move_participant(
        &mut self,
        id: ParticipationId,
        state: ParticipantState,
    ) -> Result<bool, StoreError>;

    /// Stores the sealed list of a locked project.
    async fn keep_sealed_list(
        &mut self,
        project: ProjectId,
        entries: &[SealedEntry],
    ) -> Result<(), StoreError>;

    /// The sealed list of a project, in the order of ids; empty before the seal.
    async fn sealed_list(
        &mut self,
        project: &ImportProject,
    ) -> Result<Vec<SealedEntry>, StoreError>;

    /// Stores what changed and records `MaterialChangeNotified`.
    async fn add_change(
        &mut self,
        project: &ImportProject,
        change: &MaterialChange,
        by: UserId,
    ) -> Result<(), StoreError>;

    /// Keeps that a participation's money is free or paid back, known here or not yet.
    async fn keep_return(
        &mut self,
        project: ProjectId,
        participation: ParticipationId,
    ) -> Result<(), StoreError>;

    /// The newest version of a locked project's key information sheet; 0: none.
    async fn key_information_version(&mut self, project: ProjectId) -> Result<u32, StoreError>;

    /// Stores a version and records `KeyInformationIssued`.
    async fn add_key_information(
        &mut self,
        project: ProjectId,
        sheets: &Sheets,
    ) -> Result<(), StoreError>;

    /// Keeps what a posted run gave to each participation.
    async fn keep_payments(
        &mut self,
        run: (RunId, ProjectId),
        payments: &[(ParticipationId, Money)],
    ) -> Result<(), StoreError>;

    /// Moves business time on by so many seconds and records `BusinessTimeAdvanced`. Answers the
    /// offset since the beginning.
    async fn add_business_time(&mut self, seconds: i64) -> Result<i64, StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;

    /// Projects whose time has come, of all tenants; the longest overdue first.
    async fn due_projects(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError>;

    /// Projects that lack a version of their key information sheet, of all tenants.
    async fn uninformed_projects(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError>;
}

/// One line of goods of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductView {
    /// Its id.
    pub id: ProductId,
    /// What became of its units; nothing before they are counted.
    pub stock: Stock,
}

/// A project with all that is shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectView {
    /// The project.
    pub project: ImportProject,
    /// Its products, in the order of the sheet.
    pub products: Vec<ProductView>,
    /// What happened to its goods.
    pub execution: ExecutionView,
    /// What was told of it once it was shown, oldest first.
    pub changes: Vec<MaterialChange>,
    /// How many participations were paid back of those that are to be.
    pub refunds_done: i64,
}

impl ProjectView {
    /// What the actor may see of it.
    #[must_use]
    pub fn shown_to(mut self, actor: &Actor) -> Self {
        self.execution = self.execution.shown_to(actor, self.project.owner);
        self
    }
}

/// In which order a list is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ProjectOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The next deadline first; projects without one come last.
    Deadline,
}

/// The last project of a page: where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Which.
    pub project: ProjectId,
    /// Its deadline, in an order that goes by it.
    pub deadline: Option<OffsetDateTime>,
}

/// Which projects, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectFilter {
    /// Only these; empty: any.
    pub ids: Vec<ProjectId>,
    /// In these states; empty: in any.
    pub states: Vec<ProjectState>,
    /// Only this person's.
    pub owner: Option<UserId>,
    /// Drafts are shown to their owner; with `every_draft` all are.
    pub viewer: Option<UserId>,
    /// For admins.
    pub every_draft: bool,
    /// At most so many.
    pub first: i64,
    /// Only with this in their names, whatever its case; empty: any.
    pub text: String,
    /// Only under these rules; empty: any.
    pub jurisdiction: String,
    /// Only in this currency; empty: any.
    pub currency: String,
    /// Only with this flag.
    pub flag: Option<Flag>,
    /// In which order.
    pub order: ProjectOrder,
    /// Behind this one.
    pub after: Option<After>,
}

/// The queries, each in the actor's tenant.
#[async_trait]
pub trait Reads: Send + Sync {
    /// One project.
    async fn project(
        &self,
        actor: &Actor,
        id: ProjectId,
    ) -> Result<Option<ProjectView>, StoreError>;

    /// Those that the filter lets through.
    async fn projects(
        &self,
        actor: &Actor,
        filter: ProjectFilter,
    ) -> Result<Vec<ProjectView>, StoreError>;

    /// A project's owner, those with money in it, and all of its documents, oldest first.
    async fn documents(
        &self,
        actor: &Actor,
        id: ProjectId,
    ) -> Result<(UserId, Vec<UserId>, Vec<Document>), StoreError>;

    /// The steps of a shipment.
    async fn milestones(&self, actor: &Actor, page: Page) -> Result<Vec<Milestone>, StoreError>;

    /// An owner's updates.
    async fn updates(&self, actor: &Actor, page: Page) -> Result<Vec<Update>, StoreError>;

    /// Questions: all of them, or those that are not hidden and the viewer's own.
    async fn questions(
        &self,
        actor: &Actor,
        page: Page,
        sees: (bool, Option<UserId>),
    ) -> Result<Vec<Question>, StoreError>;

    /// The newest version of a key information sheet, or another one.
    async fn key_information(
        &self,
        actor: &Actor,
        id: ProjectId,
        version: Option<u32>,
    ) -> Result<Option<Sheets>, StoreError>;

    /// What became of these owners' projects that were shown; an owner of none is left out.
    async fn track_records(
        &self,
        actor: &Actor,
        owners: &[UserId],
    ) -> Result<BTreeMap<UserId, TrackRecord>, StoreError>;

    /// Business time.
    async fn business_now(&self, actor: &Actor) -> Result<OffsetDateTime, StoreError>;
}
