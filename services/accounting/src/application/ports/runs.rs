//! What settlement runs need of the unit of work and of the queries.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, RunId, TransferId, UserId};
use settlement::{Run, RunKind};
use uow::StoreError;

use crate::application::canonical::Canonical;
use crate::domain::{Books, Participant, Posting, SettlementFacts, SettlementRun};

/// The part of a unit of work that runs need. All of it is decided under the lock of the project's
/// books.
#[async_trait]
pub trait RunsTx: Send {
    /// What is frozen, reported and paid; `None` before the snapshot.
    async fn settlement_facts(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<SettlementFacts>, StoreError>;

    /// Keeps that units of an allotment were not collected in time and were sold for their holder.
    async fn add_lapsed(
        &mut self,
        of: ParticipationId,
        sku: &str,
        units: i64,
    ) -> Result<(), StoreError>;

    /// The open proposal of this kind, and the number that the project's next run gets.
    async fn open_run(
        &mut self,
        project: ProjectId,
        kind: RunKind,
    ) -> Result<(Option<SettlementRun>, u32), StoreError>;

    /// Locks the books of the run's project, then the run.
    async fn run_for_update(
        &mut self,
        id: RunId,
    ) -> Result<Option<(Books, SettlementRun)>, StoreError>;

    /// Stores a proposal with its document and records `RunProposed`.
    async fn add_run(
        &mut self,
        run: &SettlementRun,
        document: &Canonical,
    ) -> Result<(), StoreError>;

    /// Stores what became of a proposal; the document never changes.
    async fn save_run(&mut self, run: &SettlementRun) -> Result<(), StoreError>;

    /// Stores which transfers are those of a posted run, once they are stored.
    async fn add_run_transfers(
        &mut self,
        run: &SettlementRun,
        transfers: &[(TransferId, Posting)],
    ) -> Result<(), StoreError>;

    /// Stores what the participations received so far.
    async fn save_received(&mut self, participants: &[Participant]) -> Result<(), StoreError>;

    /// Records `RunPosted` with what each participation gets, and `AdvanceReturned`.
    async fn record_run_posted(
        &mut self,
        run: &SettlementRun,
        books: &Books,
        computed: &Run,
    ) -> Result<(), StoreError>;
}

/// A run as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// What became of it.
    pub run: SettlementRun,
    /// The project's owner.
    pub owner: UserId,
    /// Its document.
    pub document: String,
}

/// The queries, each in the actor's tenant.
#[async_trait]
pub trait RunReads: Send + Sync {
    /// One run.
    async fn run(&self, actor: &Actor, id: RunId) -> Result<Option<StoredRun>, StoreError>;

    /// Those of one project, by number.
    async fn runs(&self, actor: &Actor, project: ProjectId) -> Result<Vec<StoredRun>, StoreError>;
}
