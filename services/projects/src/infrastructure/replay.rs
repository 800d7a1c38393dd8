//! A project as its own events tell it: what its row must say.

use std::collections::BTreeMap;

use contracts::money::Money as PbMoney;
use contracts::projects as pb;
use contracts::projects::Event;

use crate::domain::{Flag, FundingOutcome, Liquidation, ProjectState, SettlementPhase};

/// The units of one product; none received before the count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `products`")]
pub struct Units {
    pub received: Option<i64>,
    pub allotted: i64,
    pub handed_over: i64,
    pub sold: i64,
    pub written_off: i64,
    pub bought_back: i64,
}

/// Everything of a project that its events decide.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    missing_docs,
    reason = "the parts of `ImportProject`, as the contract writes them"
)]
pub struct Replayed {
    pub owner: String,
    pub terms: Option<pb::Terms>,
    pub goal: Option<PbMoney>,
    pub state: ProjectState,
    pub funding_outcome: FundingOutcome,
    pub flag: Flag,
    pub settlement_phase: SettlementPhase,
    pub liquidation: Liquidation,
    pub cancel_reason: String,
    pub completion_declared: bool,
    /// By SKU.
    pub stock: BTreeMap<String, Units>,
    /// By id: the net and the lines.
    pub sales: BTreeMap<String, (Option<PbMoney>, Vec<pb::SaleLine>)>,
    /// By id.
    pub closures: BTreeMap<String, pb::StockClosure>,
}

impl Default for Replayed {
    fn default() -> Self {
        Self {
            owner: String::new(),
            terms: None,
            goal: None,
            state: ProjectState::Draft,
            funding_outcome: FundingOutcome::Open,
            flag: Flag::None,
            settlement_phase: SettlementPhase::None,
            liquidation: Liquidation::None,
            cancel_reason: String::new(),
            completion_declared: false,
            stock: BTreeMap::new(),
            sales: BTreeMap::new(),
            closures: BTreeMap::new(),
        }
    }
}

impl Replayed {
    /// The names of the parts in which two differ.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let parts = [
            ("owner", self.owner == other.owner),
            ("terms", self.terms == other.terms),
            ("goal", self.goal == other.goal),
            ("state", self.state == other.state),
            (
                "funding outcome",
                self.funding_outcome == other.funding_outcome,
            ),
            ("flag", self.flag == other.flag),
            (
                "settlement phase",
                self.settlement_phase == other.settlement_phase,
            ),
            ("liquidation", self.liquidation == other.liquidation),
            ("cancel reason", self.cancel_reason == other.cancel_reason),
            (
                "completion",
                self.completion_declared == other.completion_declared,
            ),
            ("stock", self.stock == other.stock),
            ("sales", self.sales == other.sales),
            ("closures", self.closures == other.closures),
        ];
        let differ = parts.into_iter().filter(|part| !part.1);
        differ.map(|part| part.0).collect()
    }

    fn units(&mut self, sku: String) -> &mut Units {
        self.stock.entry(sku).or_default()
    }

    fn cancelled(&mut self, one: pb::ProjectCancelled) {
        self.state = ProjectState::Cancelled;
        if one.from_state == ProjectState::InExecution.to_string() {
            self.liquidation = Liquidation::Open;
        }
        if one.reason == "DEADLINE_MISSED" && one.cancelled_by.starts_with("service:") {
            self.funding_outcome = FundingOutcome::DeadlineMissed;
        }
        self.cancel_reason = one.reason;
    }

    fn agreed(&mut self, closure: &str, price: Option<PbMoney>) {
        if let Some(closure) = self.closures.get_mut(closure) {
            closure.agreed = true;
            closure.price = price;
        }
    }

    fn received(&mut self, one: pb::GoodsReceived) {
        for product in one.products {
            self.units(product.sku).received = Some(product.received);
        }
        for allotment in one.allotments {
            self.units(allotment.sku).allotted += allotment.units;
        }
    }

    fn sold(&mut self, one: pb::SaleReported) {
        for line in &one.lines {
            self.units(line.sku.clone()).sold += line.units;
        }
        self.sales.insert(one.sale_id, (one.net, one.lines));
    }
}

/// Every project by its id, out of the events of Projects in their order. An event about nothing
/// that a row keeps changes nothing.
pub fn replay(events: impl IntoIterator<Item = Event>) -> BTreeMap<String, Replayed> {
    let mut found = BTreeMap::new();
    for event in events {
        apply(&mut found, event);
    }
    found
}

#[expect(
    clippy::too_many_lines,
    reason = "every event is named, and there are many"
)]
fn apply(found: &mut BTreeMap<String, Replayed>, event: Event) {
    use ProjectState as S;
    match event {
        Event::ProjectCreated(one) => of(found, one.project_id).owner = one.owner_id,
        Event::TermsSet(one) => {
            let project = of(found, one.project_id);
            (project.terms, project.goal) = (one.terms, one.goal);
        }
        Event::ProjectPublished(one) => of(found, one.project_id).state = S::Published,
        Event::FundingOpened(one) => of(found, one.project_id).state = S::Funding,
        Event::ProjectFullyFunded(one) => {
            let project = of(found, one.project_id);
            project.state = S::FullyFunded;
            project.funding_outcome = FundingOutcome::Reached;
        }
        Event::FundingReopened(one) => {
            let project = of(found, one.project_id);
            project.state = S::Funding;
            project.funding_outcome = FundingOutcome::Open;
        }
        Event::ProjectReadyForApproval(one) => {
            of(found, one.project_id).state = S::ReadyForApproval;
        }
        Event::ProjectApproved(one) => of(found, one.project_id).state = S::Approved,
        Event::ExecutionStarted(one) => of(found, one.project_id).state = S::InExecution,
        Event::GoodsReceived(mut one) => {
            of(found, std::mem::take(&mut one.project_id)).received(one);
        }
        Event::SaleReported(mut one) => of(found, std::mem::take(&mut one.project_id)).sold(one),
        Event::GoodsHandedOver(one) => {
            let project = of(found, one.project_id);
            for counted in one.units {
                project.units(counted.sku).handed_over += counted.units;
            }
        }
        Event::AllotmentLapsed(one) => {
            let project = of(found, one.project_id);
            for counted in one.units {
                project.units(counted.sku).allotted -= counted.units;
            }
        }
        Event::StockClosureProposed(one) => {
            let closures = &mut of(found, one.project_id).closures;
            closures.extend(
                one.closure
                    .map(|closure| (closure.closure_id.clone(), closure)),
            );
        }
        Event::StockWrittenOff(one) => {
            let project = of(found, one.project_id);
            project.units(one.sku).written_off += one.units;
            project.agreed(&one.closure_id, None);
        }
        Event::StockBoughtBack(one) => {
            let project = of(found, one.project_id);
            project.units(one.sku).bought_back += one.units;
            project.agreed(&one.closure_id, one.price);
        }
        Event::CompletionDeclared(one) => of(found, one.project_id).completion_declared = true,
        Event::ProjectCompleted(one) => of(found, one.project_id).state = S::Completed,
        Event::ProjectSettled(one) => of(found, one.project_id).state = S::Settled,
        Event::ProjectCancelled(mut one) => {
            of(found, std::mem::take(&mut one.project_id)).cancelled(one);
        }
        Event::FlagSet(one) => {
            let project = of(found, one.project_id);
            project.flag = one.flag.parse().unwrap_or(project.flag);
        }
        Event::SettlementPhaseChanged(one) => {
            let project = of(found, one.project_id);
            project.settlement_phase = one.phase.parse().unwrap_or(project.settlement_phase);
        }
        Event::LiquidationClosed(one) => {
            of(found, one.project_id).liquidation = Liquidation::Closed;
        }
        Event::BusinessTimeAdvanced(_)
        | Event::MaterialChangeNotified(_)
        | Event::MilestoneRecorded(_)
        | Event::UpdatePosted(_)
        | Event::QuestionAsked(_)
        | Event::QuestionAnswered(_)
        | Event::QuestionHidden(_)
        | Event::DocumentAttached(_)
        | Event::ImageRemoved(_)
        | Event::KeyInformationIssued(_) => {}
    }
}

fn of(found: &mut BTreeMap<String, Replayed>, project: String) -> &mut Replayed {
    found.entry(project).or_default()
}
