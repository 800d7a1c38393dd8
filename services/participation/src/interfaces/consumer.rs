//! The events of other services, inside the unit of work that moves the cursor.

use contracts::{accounting, projects, users};
use ids::ParticipationId;
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;
use uow::UnitOfWork as _;

use super::convert::{amount, instant};
use crate::application::ports::Investor;
use crate::application::react_to_accounting::{FundsMovedError, FundsWord, funds_moved};
use crate::application::react_to_projects::{
    ProjectStepError, funding_opened, project_approved, project_cancelled, project_settled,
};
use crate::application::react_to_users::investor_checked;
use crate::domain::{CancelledFrom, Terms};

/// What Participation does about the events of Users.
pub struct OfUsers;

#[async_trait::async_trait]
impl Apply for OfUsers {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use users::Event;
        let investor = match Event::decode(&event.ty, &event.data)? {
            Event::KycVerified(verified) => Investor {
                id: journal::read(&verified.user_id)?,
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
            Event::KycDocumentAttached(_)
            | Event::KycDocumentViewed(_)
            | Event::ProfileUpdated(_)
            | Event::CategoryRequested(_)
            | Event::CategoryRefused(_)
            | Event::InvestorLimitsSet(_)
            | Event::ConsentTextIssued(_)
            | Event::ConsentGiven(_) => return Ok(()),
        };
        Ok(investor_checked(uow, investor).await?)
    }
}

/// Nobody takes part while a submission is looked at, was rejected, or has expired.
fn unverified(user: &str) -> Result<Investor, ApplyError> {
    Ok(Investor {
        id: journal::read(user)?,
        verified: false,
        valid_until: None,
    })
}

/// What Participation does about the events of Accounting.
pub struct OfAccounting;

#[async_trait::async_trait]
impl Apply for OfAccounting {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use accounting::Event;
        let (id, word) = match Event::decode(&event.ty, &event.data)? {
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
            | Event::AdvancePaid(_)
            | Event::AdvanceReturned(_)
            | Event::RecoveryReceived(_)
            | Event::ProceedsMatched(_)
            | Event::RunProposed(_)
            | Event::RunPosted(_)
            | Event::PayoutRequested(_)
            | Event::PayoutAgreed(_)
            | Event::PayoutFailed(_)
            | Event::PayoutAccountChanged(_)
            | Event::PayoutPaid(_) => return Ok(()),
        };
        let id: ParticipationId = journal::read(&id)?;
        funds_moved(uow, id, word).await.map_err(|err| match err {
            FundsMovedError::Store(err) => err.into(),
            FundsMovedError::NoSuchParticipation(_) | FundsMovedError::Refused(_) => {
                ApplyError::Contradiction(err.to_string())
            }
        })
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
            | Event::FlagSet(_)
            | Event::MaterialChangeNotified(_)
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

async fn open(
    uow: &mut Uow,
    opened: projects::FundingOpened,
) -> Result<Result<(), ProjectStepError>, ApplyError> {
    let contradiction =
        |refusal: crate::domain::Refusal| ApplyError::Contradiction(refusal.to_string());
    let terms = opened
        .terms
        .ok_or_else(|| ApplyError::unreadable("terms"))?;
    let goal = amount(opened.goal).map_err(contradiction)?;
    let limit = |given: Option<contracts::money::Money>| {
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
    };
    let (project, owner) = (
        journal::read(&opened.project_id)?,
        journal::read(&opened.owner_id)?,
    );
    Ok(funding_opened(uow, project, owner, goal, kept).await)
}
