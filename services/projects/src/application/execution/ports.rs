//! What the use cases of execution need of the store.

use async_trait::async_trait;
use authz::{Actor, Role};
use ids::{ClaimId, ClosureId, ParticipationId, ProjectId, UserId};
use time::OffsetDateTime;
use uow::StoreError;

use crate::domain::ImportProject;
use crate::domain::execution::{Allotment, Closure, Goods, Sale};

/// The goods of a project, all of it under the project's lock.
#[async_trait]
pub trait GoodsTx: Send {
    /// The goods of a locked project; none before they are counted.
    async fn goods(&mut self, project: ProjectId) -> Result<Option<Goods>, StoreError>;

    /// Stores the count with its allotments, once, and records `GoodsReceived`.
    async fn add_goods(
        &mut self,
        project: &ImportProject,
        goods: &Goods,
        allotments: &[Allotment],
        note: &str,
    ) -> Result<(), StoreError>;

    /// What one participation of a locked project is handed, if it takes goods.
    async fn allotment(
        &mut self,
        project: ProjectId,
        participation: ParticipationId,
    ) -> Result<Option<Allotment>, StoreError>;

    /// Stores the hand-over and records `GoodsHandedOver`.
    async fn save_hand_over(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        allotment: &Allotment,
    ) -> Result<(), StoreError>;

    /// The allotments of a locked project that are neither handed over nor lapsed.
    async fn open_allotments(&mut self, project: ProjectId) -> Result<Vec<Allotment>, StoreError>;

    /// Stores that it lapsed and records `AllotmentLapsed`.
    async fn save_lapse(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        allotment: &Allotment,
    ) -> Result<(), StoreError>;

    /// Stores the sale and records `SaleReported`.
    async fn add_sale(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        sale: &Sale,
    ) -> Result<(), StoreError>;

    /// One closure of a locked project.
    async fn closure(
        &mut self,
        project: &ImportProject,
        id: ClosureId,
    ) -> Result<Option<Closure>, StoreError>;

    /// Stores a proposal and records `StockClosureProposed`.
    async fn add_closure(
        &mut self,
        project: &ImportProject,
        closure: &Closure,
    ) -> Result<(), StoreError>;

    /// Stores the agreement and records `StockWrittenOff` or `StockBoughtBack`.
    async fn save_agreement(
        &mut self,
        project: ProjectId,
        goods: &Goods,
        closure: &Closure,
    ) -> Result<(), StoreError>;

    /// Sales, and agreed buy-backs that cost something, without a bank receipt; oldest first.
    async fn unmatched_claims(&mut self, project: ProjectId) -> Result<Vec<ClaimId>, StoreError>;

    /// Keeps that Accounting matched a receipt to a sale or a buy-back, known here or not yet.
    async fn keep_match(&mut self, project: ProjectId, claim: ClaimId) -> Result<(), StoreError>;
}

/// A sale as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleView {
    /// As reported.
    pub sale: Sale,
    /// Whether its bank receipt is there.
    pub matched: bool,
}

/// What happened to a project's goods, oldest first, beside the counts of its products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionView {
    /// When the goods were counted, and what was remarked.
    pub count: Option<(OffsetDateTime, String)>,
    /// Who is handed what.
    pub allotments: Vec<Allotment>,
    /// Reported sales.
    pub sales: Vec<SaleView>,
    /// Proposed and agreed closures.
    pub closures: Vec<Closure>,
    /// Everybody with money in the project.
    pub participants: Vec<UserId>,
}

/// Staff see everything.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];

impl ExecutionView {
    /// What the actor may see of it: the owner and staff all, a participant all but the goods of
    /// others, everybody else nothing: buyers and holders are named in it.
    #[must_use]
    pub fn shown_to(mut self, actor: &Actor, owner: UserId) -> Self {
        if actor.is(owner) || actor.has_one_of(STAFF) {
            return self;
        }
        if !self.participants.iter().any(|one| actor.is(*one)) {
            return Self::default();
        }
        self.allotments.retain(|one| actor.is(one.investor));
        self
    }
}
