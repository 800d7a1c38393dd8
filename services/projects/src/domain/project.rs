//! An import project: what it is, where it stands, and what other services said about it.

use costing::{Costing, CostingError, Sheet};
use ids::{ProjectId, UserId};
use money::{Currency, Money, Ppm};
use serde::Serialize;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use text::Rule;
use thiserror::Error;
use time::OffsetDateTime;

use super::country::is_jurisdiction;
use super::{ProjectFact, ProjectState, Publication, Refusal, Terms, cost};

/// How the funding ended, beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum FundingOutcome {
    /// Not yet known.
    Open,
    /// The goal was approved.
    Reached,
    /// The deadline passed before.
    DeadlineMissed,
}

/// An admin's remark.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Display, EnumString, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Flag {
    /// None.
    None,
    /// Behind its own plan.
    Late,
    /// Somebody objects.
    Disputed,
    /// No requests, approvals or disbursements.
    Suspended,
}

/// Which run was posted last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SettlementPhase {
    /// None.
    None,
    /// Capital back, before the costs are closed.
    Interim,
    /// Everything.
    Final,
    /// What changed after the final run.
    Adjusted,
}

/// What becomes of the goods of a project that was cancelled in execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Liquidation {
    /// There is none.
    None,
    /// Sales and recoveries go on.
    Open,
    /// The liquidation run is posted.
    Closed,
}

/// What people read about the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// 1 to 200 characters.
    pub name: String,
    /// At most 4,000 characters.
    pub summary: String,
    /// At most 10,000 characters; required from PUBLISHED on.
    pub risk_text: String,
    /// An ISO 3166-1 country or `EU`: whose rules apply.
    pub jurisdiction: String,
}

/// Participation's word that nobody withdraws any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Of the whole list.
    pub total: Money,
    /// SHA-256 of the list, lower-case hex.
    pub list_hash: String,
}

/// The aggregate. Invariants: terms and goal come together; from PUBLISHED on they are there and
/// never change; from APPROVED on the sealed total is the goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProject {
    /// Its id.
    pub id: ProjectId,
    /// Who runs it.
    pub owner: UserId,
    /// What people read.
    pub description: Description,
    /// The owner's goods and cost lines, without those that the terms add.
    pub sheet: Sheet,
    /// What the owner offers, once set.
    pub terms: Option<Terms>,
    /// With the lines that the terms add; before there are terms without margin and fees.
    pub costing: Costing,
    /// What is to be raised, above zero.
    pub goal: Option<Money>,
    /// Where it stands.
    pub state: ProjectState,
    /// How the funding ended.
    pub funding_outcome: FundingOutcome,
    /// An admin's remark.
    pub flag: Flag,
    /// Why it was set or taken away, the last time.
    pub flag_reason: Option<String>,
    /// Which run was posted last.
    pub settlement_phase: SettlementPhase,
    /// Of a project cancelled in execution.
    pub liquidation: Liquidation,
    /// Of a cancelled project.
    pub cancel_reason: Option<String>,
    /// How many participations are paid back, once Participation said so.
    pub refunds_expected: Option<u64>,
    /// Business time.
    pub created_at: OffsetDateTime,
    /// When it became visible.
    pub published_at: Option<OffsetDateTime>,
    /// When the clock opens the funding, where the owner does not.
    pub funding_opens_at: Option<OffsetDateTime>,
    /// No requests from here on.
    pub funding_deadline: Option<OffsetDateTime>,
    /// When the clock moves it on, see [`ImportProject::on_time`].
    pub due_at: Option<OffsetDateTime>,
    /// What stands in `escrow:capital`, as Accounting said last while it was funded.
    pub escrow: Money,
    /// Once the list is sealed.
    pub seal: Option<Seal>,
    /// The newest snapshot; 0: none.
    pub snapshot_version: i64,
    /// Requested and not yet paid.
    pub open_disbursements: u32,
    /// Whether the owner declared the costs closed.
    pub completion_declared: bool,
    /// So many versions of the key information sheet there should be: one from PUBLISHED on, and
    /// one more with each material change.
    pub key_information_wanted: u32,
}

/// Why a sheet or terms can't be taken.
#[derive(Debug, Error)]
pub enum SheetRefusal {
    /// A rule of the project.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No costing can be worked out.
    #[error(transparent)]
    Costing(#[from] CostingError),
}

impl ImportProject {
    /// A draft. Refuses texts out of their range, and a sheet that no cost can be worked out from.
    pub fn create(
        id: ProjectId,
        owner: UserId,
        description: Description,
        sheet: Sheet,
        now: OffsetDateTime,
    ) -> Result<Self, SheetRefusal> {
        let description = description.checked()?;
        let costing = costing::compute(&sheet, Ppm::ZERO)?;
        Ok(Self {
            id,
            owner,
            description,
            escrow: Money::zero(sheet.currency),
            sheet,
            terms: None,
            costing,
            goal: None,
            state: ProjectState::Draft,
            funding_outcome: FundingOutcome::Open,
            flag: Flag::None,
            flag_reason: None,
            settlement_phase: SettlementPhase::None,
            liquidation: Liquidation::None,
            cancel_reason: None,
            refunds_expected: None,
            created_at: now,
            published_at: None,
            funding_opens_at: None,
            funding_deadline: None,
            due_at: None,
            seal: None,
            snapshot_version: 0,
            open_disbursements: 0,
            completion_declared: false,
            key_information_wanted: 0,
        })
    }

    /// The project's currency.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.sheet.currency
    }

    /// Takes the terms and works the costs and the goal out anew. Refuses terms out of range, once
    /// published, and a PRODUCTS ticket that does not buy a whole unit of every product.
    pub fn set_terms(&mut self, terms: Terms) -> Result<ProjectFact, SheetRefusal> {
        Terms::check_open(self.state)?;
        terms.check(self.currency())?;
        let (costing, goal) = cost(self.sheet.clone(), &terms)?;
        if !goal.is_positive() {
            return Err(Refusal::NothingToRaise.into());
        }
        terms.check_against(goal)?;
        if let Some(least) = terms.products_ticket_min {
            let buys_one = |quantity: u32| {
                i128::from(least.minor()) * i128::from(quantity) >= i128::from(goal.minor())
            };
            if !self.sheet.products.iter().all(|one| buys_one(one.quantity)) {
                return Err(Refusal::Terms("products_ticket_min").into());
            }
        }
        self.costing = costing;
        self.goal = Some(goal);
        self.terms = Some(terms);
        Ok(ProjectFact::TermsSet)
    }

    /// Shows it. The clock opens its funding at `opens_at`, without that the owner does.
    pub fn publish(
        &mut self,
        owner_verified: bool,
        opens_at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<ProjectFact, Refusal> {
        let published = self.state.after(super::Move::Publish)?;
        let publication = Publication {
            owner_verified,
            risk_text: &self.description.risk_text,
        };
        publication.check()?;
        let terms = self.terms.as_ref().ok_or(Refusal::NoTerms)?;
        terms.check(self.currency())?;
        terms.check_against(self.goal.ok_or(Refusal::NoTerms)?)?;
        self.state = published;
        self.published_at = Some(now);
        self.funding_opens_at = opens_at;
        self.due_at = opens_at;
        self.key_information_wanted = 1;
        Ok(ProjectFact::Published)
    }

    /// The terms of a project that has them from its state on.
    pub(super) fn agreed_terms(&self) -> Result<(&Terms, Money), Refusal> {
        self.terms.as_ref().zip(self.goal).ok_or(Refusal::NoTerms)
    }
}

impl Description {
    /// Refuses the first text that is out of its range, and a jurisdiction that is none.
    fn checked(self) -> Result<Self, Refusal> {
        if !is_jurisdiction(&self.jurisdiction) {
            return Err(Refusal::Text("jurisdiction"));
        }
        Ok(Self {
            name: Rule::line("name", 200).read(&self.name)?,
            summary: Rule::long("summary", 4_000)
                .optional()
                .read(&self.summary)?,
            risk_text: Rule::long("risk_text", 10_000)
                .optional()
                .read(&self.risk_text)?,
            jurisdiction: self.jurisdiction,
        })
    }
}
