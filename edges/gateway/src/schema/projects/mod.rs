//! Import projects: goods, costs, terms, and what happens to them.

mod execution;
mod information;
mod news;
mod parts;

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, Result};
use contracts::projects as pb;

use super::accounting::{self, Disbursements, Escrow};
use super::participation::{self, Offering, OfferingOf, Participation};
use super::people::Person;
use super::runs::{self, Run, Snapshot};
use crate::calls::{self, Calls, ask, writes};
use crate::connection::{Asked, Item, Page};
use crate::refusal::Problem;
use crate::wire::{Base64, given, shown, words};

pub use execution::ExecutionMutation;
pub use information::{InformationQuery, RecordOf, TrackRecord};
pub use news::NewsMutation;
use news::{Document, Milestone, Question, Update};
pub use parts::{
    CostLine, CostTotals, MaterialChange, Product, ProductsAllotment, RefundProgress, Sale,
    StockClosure, Terms, TermsInput,
};

words! {
    /// The life cycle of a project.
    ProjectState {
        Draft, Published, Funding, FullyFunded, ReadyForApproval,
        Approved, InExecution, Completed, Settled, Cancelled,
    }
}

words! {
    /// In which order a list of projects is.
    ProjectOrder {
        /// The newest first.
        Newest,
        /// The next deadline first; projects without one come last.
        Deadline,
    }
}

/// Which projects; what is left out does not matter.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ProjectFilter {
    /// In one of these states.
    states: Option<Vec<ProjectState>>,
    /// Only one's own.
    mine: Option<bool>,
    /// With this in their names, whatever its case.
    text: Option<String>,
    /// Under these rules, as in `PE`.
    jurisdiction: Option<String>,
    /// In this currency.
    currency: Option<String>,
    /// With this flag.
    flag: Option<ProjectFlag>,
}

words! {
    /// How the funding ended.
    FundingOutcome { Open, Reached, DeadlineMissed }
}

words! {
    /// What an admin says about a project; SUSPENDED refuses requests, approvals and payments.
    ProjectFlag { None, Late, Disputed, Suspended }
}

words! {
    /// How far the settlement is.
    SettlementPhase { None, Interim, Final, Adjusted }
}

words! {
    /// The liquidation of a cancelled project.
    Liquidation { None, Open, Closed }
}

shown! {
    /// An import project.
    #[graphql(complex)]
    Project of pb::Project {
        project_id: ID,
        owner_id: ID,
        name: String,
        summary: String,
        /// What an investor may lose, in the owner's words.
        risk_text: String,
        /// Whose rules apply, as in `PE`.
        jurisdiction: String,
        /// The project's currency, ISO 4217.
        currency: String,
        state: ProjectState,
        funding_outcome: Option<FundingOutcome>,
        flag: Option<ProjectFlag>,
        /// Why the flag was set or taken away.
        flag_reason: Option<String>,
        settlement_phase: Option<SettlementPhase>,
        cancel_reason: Option<String>,
        /// Of a cancelled project, once it is known how many there are.
        refunds: Option<RefundProgress>,
        liquidation: Option<Liquidation>,
        /// Null until they are set.
        terms: Option<Terms>,
        totals: Option<CostTotals>,
        /// Whether the list of participants is final.
        sealed: bool,
        /// Whether the owner declared the costs closed.
        completion_declared: bool,
        funding_deadline: Option<String>,
        /// When the clock opens the funding; null: the owner does.
        funding_opens_at: Option<String>,
        created_at: String,
        /// 0: none yet.
        snapshot_version: i64,
        /// The exact landed-cost document, as `fondeo cost --json` writes it.
        costing_json: Option<String>,
        open_disbursements: i64,
        /// When the goods were counted.
        goods_received_at: Option<String>,
        /// For the owner, staff and participants, like sales and stock closures.
        goods_received_note: Option<String>,
    } lists {
        products: Product,
        cost_lines: CostLine,
        sales: Sale,
        stock_closures: StockClosure,
        /// For the owner, staff and their holder.
        allotments: ProductsAllotment,
        /// Oldest first.
        material_changes: MaterialChange,
    }
}

#[ComplexObject]
impl Project {
    /// Who runs it.
    async fn owner(&self) -> Person {
        Person::of(&self.owner_id)
    }

    /// Its funding round; null while there is none.
    async fn offering(&self, ctx: &Context<'_>) -> Result<Option<Offering>> {
        calls::load(ctx, OfferingOf(self.project_id.to_string())).await
    }

    /// Its participations, for its owner, admins, treasurers and auditors.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::page(first, child_complexity)")]
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Participation>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        let list = participation::Wanted::default();
        participation::of_project(calls, self.project_id.clone(), list, page).await
    }

    /// Its images.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::list(child_complexity)")]
    async fn images(&self, ctx: &Context<'_>) -> Result<Option<Vec<Document>>> {
        let images = news::documents(calls::of(ctx), self.project_id.0.clone(), true);
        images.await.map(Some)
    }

    /// Its documents that the caller may open, superseded ones too.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::list(child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Option<Vec<Document>>> {
        let papers = news::documents(calls::of(ctx), self.project_id.0.clone(), false);
        papers.await.map(Some)
    }

    /// How far its shipment is, newest first.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::page(first, child_complexity)")]
    async fn milestones(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Milestone>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        news::milestones(calls, &self.project_id, page)
            .await
            .map(Some)
    }

    /// What its owner tells, newest first.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::page(first, child_complexity)")]
    async fn updates(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Update>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        news::updates(calls, &self.project_id, page).await.map(Some)
    }

    /// What people ask, newest first.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::page(first, child_complexity)")]
    async fn questions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Question>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        news::questions(calls, &self.project_id, page)
            .await
            .map(Some)
    }

    /// The figures of its money.
    #[graphql(complexity = "crate::cost::EACH + child_complexity")]
    async fn escrow(&self, ctx: &Context<'_>) -> Result<Option<Escrow>> {
        accounting::escrow(calls::of(ctx), self.project_id.clone()).await
    }

    /// What was paid for its costs, against its budget.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::list(child_complexity)")]
    async fn disbursements(&self, ctx: &Context<'_>) -> Result<Option<Disbursements>> {
        accounting::disbursements(calls::of(ctx), self.project_id.clone()).await
    }

    /// Its frozen structure; null until it is approved.
    #[graphql(complexity = "crate::cost::EACH + child_complexity")]
    async fn snapshot(&self, ctx: &Context<'_>, version: Option<i64>) -> Result<Option<Snapshot>> {
        if self.snapshot_version == 0 {
            return Ok(None);
        }
        runs::snapshot(calls::of(ctx), self.project_id.clone(), version).await
    }

    /// Its settlement runs.
    #[graphql(complexity = "crate::cost::EACH + crate::cost::list(child_complexity)")]
    async fn runs(&self, ctx: &Context<'_>) -> Result<Option<Vec<Run>>> {
        runs::of_project(calls::of(ctx), self.project_id.clone()).await
    }
}

/// A list by deadline goes on behind a deadline.
impl Item for Project {
    fn place(&self) -> String {
        let deadline = self.funding_deadline.iter();
        deadline.fold(self.project_id.to_string(), |place, deadline| {
            place + "@" + deadline
        })
    }
}

given! {
    CreateProjectInput for pb::CreateProjectRequest {
        idempotency_key: String,
        name: String,
        summary: String,
        /// What an investor may lose.
        risk_text: String,
        /// Whose rules apply, as in `PE`.
        jurisdiction: String,
        /// ISO 4217.
        currency: String,
        /// The goods sheet, a CSV file: see examples/.
        goods_csv: Option<String>,
        /// The cost sheet, a CSV file.
        costs_csv: Option<String>,
        /// Instead of both: an .xlsx file with the sheets `goods` and `costs`.
        workbook_xlsx: Option<Base64>,
    }
}

given! {
    SetTermsInput for pb::SetTermsRequest {
        idempotency_key: String,
        project_id: ID,
        terms: TermsInput,
    }
}

/// The inputs that name nothing but a project.
macro_rules! steps {
    ($($name:ident for $wire:ident),* $(,)?) => {$(
        given! {
            $name for pb::$wire { idempotency_key: String, project_id: ID }
        }
    )*};
}
steps! {
    OpenFundingInput for OpenFundingRequest,
    ApproveProjectInput for ApproveProjectRequest,
    StartExecutionInput for StartExecutionRequest,
}

given! {
    PublishProjectInput for pb::PublishProjectRequest {
        idempotency_key: String,
        project_id: ID,
        /// RFC 3339: then the clock opens the funding. Left out, the owner does.
        funding_opens_at: Option<String>,
    }
}

given! {
    CancelProjectInput for pb::CancelProjectRequest {
        idempotency_key: String,
        project_id: ID,
        reason: String,
    }
}

given! {
    SetFlagInput for pb::SetFlagRequest {
        idempotency_key: String,
        project_id: ID,
        flag: ProjectFlag,
        reason: String,
    }
}

given! {
    NotifyMaterialChangeInput for pb::NotifyMaterialChangeRequest {
        idempotency_key: String,
        project_id: ID,
        text: String,
        /// Whether those who take part must say again that they stay.
        renew: Option<bool>,
        /// How long they have for it: 24 to 720, and 120 (five business days) if left out.
        renew_hours: Option<i32>,
    }
}

given! {
    AdvanceBusinessTimeInput for pb::AdvanceBusinessTimeRequest {
        idempotency_key: String,
        /// Forward only.
        seconds: i64,
    }
}

/// What is asked of Projects.
#[derive(Default)]
pub struct ProjectsQuery;

#[Object]
impl ProjectsQuery {
    /// One project; a published one for everybody.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn project(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Project>> {
        let calls = calls::of(ctx);
        let message = pb::ProjectRequest { project_id: id.0 };
        let pb::ProjectReply { project } = ask!(calls.read, projects.project(message)).await?;
        calls.show(project)
    }

    /// The projects that the caller may see.
    #[graphql(complexity = "crate::cost::page(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        filter: Option<ProjectFilter>,
        #[graphql(default_with = "ProjectOrder::Newest")] order: ProjectOrder,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Project>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        let page = list(calls, filter.unwrap_or_default(), order, page).await;
        page.map(Some)
    }
}

/// A page of projects.
pub async fn list(
    calls: &Calls,
    filter: ProjectFilter,
    order: ProjectOrder,
    page: Asked,
) -> Result<Page<Project>> {
    let ProjectFilter {
        states,
        mine,
        text,
        jurisdiction,
        currency,
        flag,
    } = filter;
    let states = states.unwrap_or_default();
    let message = pb::ProjectListRequest {
        states: states
            .iter()
            .map(|state| <&str>::from(state).to_owned())
            .collect(),
        mine: mine.unwrap_or(false),
        first: page.first,
        after: page.after.clone(),
        text: text.unwrap_or_default(),
        jurisdiction: jurisdiction.unwrap_or_default(),
        currency: currency.unwrap_or_default(),
        flag: flag
            .map(|flag| <&str>::from(flag).to_owned())
            .unwrap_or_default(),
        order: <&str>::from(order).to_owned(),
        ids: Vec::new(),
    };
    let pb::ProjectListReply { projects, next } =
        ask!(calls.read, projects.project_list(message)).await?;
    page.page(calls, projects, &next)
}

/// The newest projects that take requests or soon will.
pub async fn open_projects(calls: &Calls) -> Result<Vec<Project>> {
    let filter = ProjectFilter {
        states: Some(vec![ProjectState::Published, ProjectState::Funding]),
        ..ProjectFilter::default()
    };
    let page = Asked {
        first: 12,
        after: String::new(),
    };
    let page = list(calls, filter, ProjectOrder::Newest, page).await?;
    Ok(page.edges.into_iter().map(|edge| edge.node).collect())
}

writes! {
    /// The life of a project up to its execution, and its cancellation.
    ProjectsMutation over projects of pb {
        /// A new project in DRAFT, out of its two sheets (OWNER). Refused with every mistake in
        /// them.
        create_project(CreateProjectInput) -> CreateProjectPayload of ProjectReply {
            project: Project
        }
        /// The funding terms (OWNER); they change in DRAFT only.
        set_terms(SetTermsInput) -> SetTermsPayload of ProjectReply { project: Project }
        /// Shows the project to everybody; its terms do not change any more (OWNER).
        publish_project(PublishProjectInput) -> PublishProjectPayload of ProjectReply {
            project: Project
        }
        /// Opens the funding round (OWNER).
        open_funding(OpenFundingInput) -> OpenFundingPayload of ProjectReply { project: Project }
        /// Agrees to a sealed and funded project (ADMIN, freshly signed in, neither its owner nor
        /// a participant).
        approve_project(ApproveProjectInput) -> ApproveProjectPayload of ProjectReply {
            project: Project
        }
        /// Starts buying (OWNER).
        start_execution(StartExecutionInput) -> StartExecutionPayload of ProjectReply {
            project: Project
        }
        /// Ends a project before its completion, with a reason: its OWNER until it is fully
        /// funded, an ADMIN later.
        cancel_project(CancelProjectInput) -> CancelProjectPayload of ProjectReply {
            project: Project
        }
        /// Flags a project for everybody to see, with a reason (ADMIN, freshly signed in, neither
        /// its owner nor a participant).
        set_flag(SetFlagInput) -> SetFlagPayload of ProjectReply { project: Project }
        /// Tells what investors must know before execution (OWNER, ADMIN).
        notify_material_change(NotifyMaterialChangeInput)
            -> NotifyMaterialChangePayload of ProjectReply { project: Project }
        /// Moves business time forward for every service: in demo and test configurations only.
        advance_business_time(AdvanceBusinessTimeInput)
            -> AdvanceBusinessTimePayload of AdvanceBusinessTimeReply {
            offset_s: i64,
            business_now: String,
        }
    }
}

/// The project of this id, if the caller may see it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProjectOf(pub String);

impl Loader<ProjectOf> for Calls {
    type Value = Project;
    type Error = Problem;

    async fn load(
        &self,
        wanted: &[ProjectOf],
    ) -> std::result::Result<HashMap<ProjectOf, Project>, Problem> {
        let ids = wanted.iter().map(|ProjectOf(id)| id.clone());
        let message = pb::ProjectListRequest {
            ids: ids.collect(),
            first: crate::cost::PAGE_MAX,
            ..pb::ProjectListRequest::default()
        };
        let pb::ProjectListReply { projects, next: _ } =
            ask!(self.make, projects.project_list(message)).await?;
        let shown = projects.into_iter().map(|one| {
            let id = ProjectOf(one.project_id.clone());
            Ok((id, Self::shown(one)?))
        });
        shown.collect()
    }
}
