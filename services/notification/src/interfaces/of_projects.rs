//! The events of Projects: each step of a project's life, and business time.

use authz::Role;
use contracts::projects::Event;
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;
use uow::UnitOfWork as _;

use super::consumer::{EVERYBODY, OWNER, Telling, amount, person, project, staff, tell};
use crate::application::learn::project_known;
use crate::application::ports::About;
use crate::domain::Kind;

/// What Notification does about the events of Projects.
pub struct OfProjects;

#[async_trait::async_trait]
impl Apply for OfProjects {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        let fact = Event::decode(&event.ty, &event.data)?;
        match &fact {
            Event::BusinessTimeAdvanced(one) => uow.advance_business_time(one.offset_s).await?,
            Event::ProjectCreated(one) => {
                let (id, owner) = (
                    journal::read(&one.project_id)?,
                    journal::read(&one.owner_id)?,
                );
                project_known(uow, id, owner, "").await?;
            }
            Event::ProjectPublished(one) => {
                let (id, owner) = (
                    journal::read(&one.project_id)?,
                    journal::read(&one.owner_id)?,
                );
                project_known(uow, id, owner, &one.name).await?;
            }
            _nothing_to_learn => {}
        }
        tell(uow, event, telling(fact, event)?).await
    }
}

/// What it tells to whom, if anybody.
fn telling(fact: Event, event: &Envelope) -> Result<Option<Telling>, ApplyError> {
    match with_details(&fact, event)? {
        Some(telling) => Ok(Some(telling)),
        None => plain(fact, event),
    }
}

/// Of a project, and no more.
fn plain(fact: Event, event: &Envelope) -> Result<Option<Telling>, ApplyError> {
    let admins = staff(Role::Admin, event);
    let (reader, kind, project_id) = match fact {
        Event::ProjectPublished(one) => (OWNER, Kind::ProjectPublished, one.project_id),
        Event::FundingOpened(one) => (OWNER, Kind::FundingOpened, one.project_id),
        Event::ProjectFullyFunded(one) => (EVERYBODY, Kind::ProjectFullyFunded, one.project_id),
        Event::FundingReopened(one) => (EVERYBODY, Kind::FundingReopened, one.project_id),
        Event::ProjectReadyForApproval(one) => {
            (admins, Kind::ProjectReadyForApproval, one.project_id)
        }
        Event::ProjectApproved(one) => (OWNER, Kind::ProjectApproved, one.project_id),
        Event::ExecutionStarted(one) => (EVERYBODY, Kind::ExecutionStarted, one.project_id),
        Event::GoodsReceived(one) => (EVERYBODY, Kind::GoodsReceived, one.project_id),
        Event::GoodsHandedOver(one) => {
            let investor = person(&one.investor_id)?;
            (investor, Kind::GoodsHandedOver, one.project_id)
        }
        Event::StockClosureProposed(one) => (admins, Kind::StockClosureProposed, one.project_id),
        Event::StockWrittenOff(one) => (OWNER, Kind::StockWrittenOff, one.project_id),
        Event::CompletionDeclared(one) => (admins, Kind::CompletionDeclared, one.project_id),
        Event::ProjectCompleted(one) => (EVERYBODY, Kind::ProjectCompleted, one.project_id),
        Event::ProjectSettled(one) => (OWNER, Kind::ProjectSettled, one.project_id),
        Event::AllotmentLapsed(one) => {
            let investor = person(&one.investor_id)?;
            (investor, Kind::AllotmentLapsed, one.project_id)
        }
        Event::MilestoneRecorded(one) => (EVERYBODY, Kind::MilestoneRecorded, one.project_id),
        Event::QuestionAsked(one) => (OWNER, Kind::QuestionAsked, one.project_id),
        Event::QuestionAnswered(one) => {
            let asker = person(&one.asked_by)?;
            (asker, Kind::QuestionAnswered, one.project_id)
        }
        Event::KeyInformationIssued(one) => (OWNER, Kind::KeyInformationIssued, one.project_id),
        Event::LiquidationClosed(one) => (OWNER, Kind::LiquidationClosed, one.project_id),
        Event::SaleReported(_)
        | Event::StockBoughtBack(_)
        | Event::ProjectCancelled(_)
        | Event::FlagSet(_)
        | Event::MaterialChangeNotified(_)
        | Event::UpdatePosted(_)
        | Event::ProjectCreated(_)
        | Event::TermsSet(_)
        | Event::BusinessTimeAdvanced(_)
        | Event::QuestionHidden(_)
        | Event::DocumentAttached(_)
        | Event::ImageRemoved(_)
        | Event::SettlementPhaseChanged(_) => return Ok(None),
    };
    Ok(Some((reader, kind, project(&project_id)?)))
}

/// With an amount or a reason.
fn with_details(fact: &Event, event: &Envelope) -> Result<Option<Telling>, ApplyError> {
    let telling = match fact {
        Event::SaleReported(one) => {
            let about = amount(one.net.clone(), project(&one.project_id)?)?;
            Some((staff(Role::Treasurer, event), Kind::SaleReported, about))
        }
        Event::StockBoughtBack(one) => {
            let about = amount(one.price.clone(), project(&one.project_id)?)?;
            Some((OWNER, Kind::StockBoughtBack, about))
        }
        Event::ProjectCancelled(one) => {
            let about = About {
                reason: one.reason.clone(),
                ..project(&one.project_id)?
            };
            Some((EVERYBODY, Kind::ProjectCancelled, about))
        }
        Event::FlagSet(one) => {
            let kind = match one.flag.as_str() {
                "NONE" => Kind::FlagCleared,
                "SUSPENDED" => Kind::ProjectSuspended,
                _late_or_disputed => Kind::FlagSet,
            };
            let about = About {
                reason: one.reason.clone(),
                ..project(&one.project_id)?
            };
            Some((EVERYBODY, kind, about))
        }
        Event::MaterialChangeNotified(one) => {
            let kind = if one.renew_by.is_empty() {
                Kind::MaterialChange
            } else {
                Kind::RenewalNeeded
            };
            let about = About {
                reason: one.text.clone(),
                ..project(&one.project_id)?
            };
            Some((EVERYBODY, kind, about))
        }
        Event::UpdatePosted(one) => {
            let about = About {
                reason: one.title.clone(),
                ..project(&one.project_id)?
            };
            Some((EVERYBODY, Kind::UpdatePosted, about))
        }
        _without_details => None,
    };
    Ok(telling)
}
