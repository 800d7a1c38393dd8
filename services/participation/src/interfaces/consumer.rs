//! The events of other services, inside the unit of work that moves the cursor.

use contracts::money::Money as PbMoney;
use contracts::{accounting, projects, users};
use ids::ParticipationId;
use journal::{Apply, ApplyError, Envelope};
use money::Ppm;
use pg::Uow;
use uow::UnitOfWork as _;

use super::convert::{amount, instant};
use crate::application::ports::{Identity, InvestorLimits};
use crate::application::react_to_accounting::{
    FundsMovedError, FundsWord, funds_moved, liquidation_posted,
};
use crate::application::react_to_projects::{
    ProjectStepError, flag_set, funding_opened, material_change, project_approved,
    project_cancelled, project_settled,
};
use crate::application::react_to_users::{
    consent_given, investor_checked, limits_set, text_issued,
};
use crate::domain::{CancelledFrom, Conditions, Refusal, Renewal, Terms};

/// What Participation does about the events of Users.
pub struct OfUsers;

#[async_trait::async_trait]
impl Apply for OfUsers {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use users::Event;
        let identity = match Event::decode(&event.ty, &event.data)? {
            Event::KycVerified(verified) => Identity {
                investor: journal::read(&verified.user_id)?,
                verified: true,
                valid_until: match verified.valid_until.as_str() {
                    "" => None,
                    text => Some(instant(text).ok_or_else(|| ApplyError::unreadable(text))?),
                },
            },
            Event::KycSubmitted(one) => unverified(&one.user_id)?,
            Event::KycRejected(one) => unverified(&one.user_id)?,
            Event::KycExpired(one) => unverified(&one.user_id)?,
            Event::KycSuspended(one) => unverified(&one.user_id)?,
            Event::InvestorLimitsSet(one) => return Ok(limits_set(uow, limits(one)?).await?),
            Event::ConsentTextIssued(text) => {
                return Ok(text_issued(uow, &text.consent, text.version).await?);
            }
            Event::ConsentGiven(one) => {
                let user = journal::read(&one.user_id)?;
                return Ok(consent_given(uow, user, &one.consent, one.version).await?);
            }
            Event::KycDocumentAttached(_)
            | Event::KycDocumentViewed(_)
            | Event::ProfileUpdated(_)
            | Event::CategoryRequested(_)
            | Event::CategoryRefused(_) => return Ok(()),
        };
        Ok(investor_checked(uow, identity).await?)
    }
}

/// Nobody takes part while a submission is looked at, was rejected, or has expired.
fn unverified(user: &str) -> Result<Identity, ApplyError> {
    Ok(Identity {
        investor: journal::read(user)?,
        verified: false,
        valid_until: None,
    })
}

fn limits(set: users::InvestorLimitsSet) -> Result<InvestorLimits, ApplyError> {
    let users::InvestorLimitsSet {
        user_id,
        category: _,
        per_project,
        per_12_months,
        set_by: _,
    } = set;
    let limit = |given: Option<PbMoney>| given.map(|money| amount(Some(money))).transpose();
    let contradiction = |refusal: Refusal| ApplyError::Contradiction(refusal.to_string());
    Ok(InvestorLimits {
        investor: journal::read(&user_id)?,
        per_project: limit(per_project).map_err(contradiction)?,
        per_12_months: limit(per_12_months).map_err(contradiction)?,
    })
}

/// The kind of the run that ends a project which was cancelled in execution.
const LIQUIDATION: &str = "LIQUIDATION";
/// The flag that stops a round.
const SUSPENDED: &str = "SUSPENDED";

/// What Participation does about the events of Accounting.
pub struct OfAccounting;

#[async_trait::async_trait]
impl Apply for OfAccounting {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use accounting::Event;
        let (id, word) = match Event::decode(&event.ty, &event.data)? {
            Event::RunPosted(run) if run.kind == LIQUIDATION => {
                let posted = liquidation_posted(uow, journal::read(&run.project_id)?).await;
                return posted.map_err(ApplyError::from);
            }
            Event::FundsHeld(funds) => (funds.participation_id, FundsWord::Held),
            Event::FundsRefused(funds) => (funds.participation_id, FundsWord::Refused),
            Event::FundsCaptured(funds) => (funds.participation_id, FundsWord::Captured),
            Event::FundsReleased(funds) => (funds.participation_id, FundsWord::Released),
            Event::FundsRefunded(funds) => (funds.participation_id, FundsWord::Released),
            Event::DepositBooked(_)
            | Event::DepositUnmatched(_)
            | Event::DepositReturned(_)
            | Event::EscrowChanged(_)
            | Event::SnapshotFrozen(_)
            | Event::PlatformFeePosted(_)
            | Event::DisbursementRequested(_)
            | Event::DisbursementAgreed(_)
            | Event::DisbursementPaid(_)
            | Event::DisbursementWithdrawn(_)
            | Event::AdvancePaid(_)
            | Event::AdvanceReturned(_)
            | Event::RecoveryReceived(_)
            | Event::ProceedsReceived(_)
            | Event::ProceedsMatched(_)
            | Event::RunProposed(_)
            | Event::RunPosted(_)
            | Event::LedgerTransfersBooked(_)
            | Event::PayoutRequested(_)
            | Event::PayoutAgreed(_)
            | Event::PayoutFailed(_)
            | Event::PayoutAccountChanged(_)
            | Event::PayoutPaid(_) => return Ok(()),
        };
        let id: ParticipationId = journal::read(&id)?;
        let moved = funds_moved(uow, id, word).await;
        moved.map_err(ApplyError::from)
    }
}

impl From<FundsMovedError> for ApplyError {
    fn from(error: FundsMovedError) -> Self {
        match error {
            FundsMovedError::Store(error) => error.into(),
            FundsMovedError::NoSuchParticipation(_) | FundsMovedError::Refused(_) => {
                Self::Contradiction(error.to_string())
            }
        }
    }
}

/// What Participation does about the events of Projects.
pub struct OfProjects;

#[async_trait::async_trait]
impl Apply for OfProjects {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use projects::Event;
        let step = match Event::decode(&event.ty, &event.data)? {
            Event::FundingOpened(opened) => open(uow, opened).await?,
            Event::ProjectApproved(one) => {
                project_approved(uow, journal::read(&one.project_id)?).await
            }
            Event::ProjectSettled(one) => {
                project_settled(uow, journal::read(&one.project_id)?).await
            }
            Event::ProjectCancelled(one) => {
                let from = match one.from_state.as_str() {
                    "IN_EXECUTION" => CancelledFrom::Execution,
                    _before => CancelledFrom::BeforeExecution,
                };
                project_cancelled(uow, journal::read(&one.project_id)?, from, &one.reason).await
            }
            Event::FlagSet(one) => {
                flag_set(uow, journal::read(&one.project_id)?, one.flag == SUSPENDED).await
            }
            Event::MaterialChangeNotified(one) => {
                let Some(renewal) = renewal(&one)? else {
                    return Ok(());
                };
                material_change(uow, journal::read(&one.project_id)?, renewal).await
            }
            Event::BusinessTimeAdvanced(advanced) => {
                return Ok(uow.advance_business_time(advanced.offset_s).await?);
            }
            Event::ProjectCreated(_)
            | Event::TermsSet(_)
            | Event::ProjectPublished(_)
            | Event::ProjectFullyFunded(_)
            | Event::FundingReopened(_)
            | Event::ProjectReadyForApproval(_)
            | Event::ExecutionStarted(_)
            | Event::GoodsReceived(_)
            | Event::SaleReported(_)
            | Event::GoodsHandedOver(_)
            | Event::StockClosureProposed(_)
            | Event::StockWrittenOff(_)
            | Event::StockBoughtBack(_)
            | Event::CompletionDeclared(_)
            | Event::ProjectCompleted(_)
            | Event::AllotmentLapsed(_)
            | Event::MilestoneRecorded(_)
            | Event::UpdatePosted(_)
            | Event::QuestionAsked(_)
            | Event::QuestionAnswered(_)
            | Event::QuestionHidden(_)
            | Event::DocumentAttached(_)
            | Event::ImageRemoved(_)
            | Event::KeyInformationIssued(_)
            | Event::SettlementPhaseChanged(_)
            | Event::LiquidationClosed(_) => return Ok(()),
        };
        step.map_err(|err| match err {
            ProjectStepError::Store(err) => err.into(),
            ProjectStepError::NoSuchOffering(_) | ProjectStepError::Refused(_) => {
                ApplyError::Contradiction(err.to_string())
            }
        })
    }
}

/// `None` when nobody has to renew.
fn renewal(one: &projects::MaterialChangeNotified) -> Result<Option<Renewal>, ApplyError> {
    if one.renew_by.is_empty() {
        return Ok(None);
    }
    Ok(Some(Renewal {
        notice: journal::read(&one.notice_id)?,
        renew_by: instant(&one.renew_by).ok_or_else(|| ApplyError::unreadable("renew_by"))?,
    }))
}

async fn open(
    uow: &mut Uow,
    opened: projects::FundingOpened,
) -> Result<Result<(), ProjectStepError>, ApplyError> {
    let contradiction = |refusal: Refusal| ApplyError::Contradiction(refusal.to_string());
    let goal = amount(opened.goal).map_err(contradiction)?;
    let (project, owner) = (
        journal::read(&opened.project_id)?,
        journal::read(&opened.owner_id)?,
    );
    let terms = opened
        .terms
        .ok_or_else(|| ApplyError::unreadable("terms"))?;
    let conditions = conditions(&terms, opened.name)?;
    let limit = |given: Option<PbMoney>| {
        given
            .map(|given| {
                let limit = amount(Some(given))?;
                Ok(limit.minor_in(goal.currency())?)
            })
            .transpose()
            .map_err(contradiction)
    };
    let hours = |given: i32| u32::try_from(given).map_err(|_| ApplyError::unreadable("hours"));
    let products_min = limit(terms.products_ticket_min)?.unwrap_or_default();
    let kept = Terms {
        min_ticket_minor: limit(terms.min_ticket)?.unwrap_or_default(),
        max_ticket_minor: limit(terms.max_ticket)?.filter(|max| *max > 0),
        products_ticket_min_minor: terms.products_allowed.then_some(products_min),
        decision_hours: hours(terms.decision_hours)?,
        cooling_off_hours: hours(terms.cooling_off_hours)?,
        deadline: instant(&opened.funding_deadline)
            .ok_or_else(|| ApplyError::unreadable("deadline"))?,
        first_loss_minor: limit(terms.first_loss)?.unwrap_or_default(),
        conditions: Some(conditions),
    };
    Ok(funding_opened(uow, project, owner, goal, kept).await)
}

/// What the agreement says beside the amounts.
fn conditions(terms: &projects::Terms, name: String) -> Result<Conditions, ApplyError> {
    let rate = |ppm: i64| {
        u32::try_from(ppm)
            .map(Ppm::new)
            .map_err(|_| ApplyError::unreadable("a rate"))
    };
    Ok(Conditions {
        name,
        investor_share_ppm: rate(terms.investor_share_ppm)?,
        success_fee_ppm: rate(terms.success_fee_ppm)?,
        tax_withholding_ppm: rate(terms.tax_withholding_ppm)?,
        holdback_ppm: rate(terms.holdback_ppm)?,
        holdback_days: terms.holdback_days,
        buyback_ppm: rate(terms.buyback_ppm)?,
        collection_days: terms.collection_days,
        approval_days: terms.approval_days,
        start_days: terms.start_days,
    })
}
