//! The events of Participation: who waits, who is in, who is out.

use contracts::participation::{Event, ParticipationExpired, ParticipationWithdrawn};
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;

use super::consumer::{OWNER, Telling, amount, person, project, tell};
use crate::application::learn::joined;
use crate::application::ports::{About, Tx as _};
use crate::domain::Kind;

/// A rejection by the money, which Accounting tells of: `FundsRefused`.
const NO_FUNDS: &str = "FUNDS";

/// An end that the project's cancellation brought.
const CANCELLED: &str = "PROJECT_CANCELLED";

/// What Notification does about the events of Participation.
pub struct OfParticipation;

#[async_trait::async_trait]
impl Apply for OfParticipation {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        let fact = Event::decode(&event.ty, &event.data)?;
        match &fact {
            Event::ParticipationApproved(one) => {
                let (id, investor) = (
                    journal::read(&one.participation_id)?,
                    journal::read(&one.investor_id)?,
                );
                joined(uow, journal::read(&one.project_id)?, investor, id).await?;
            }
            Event::ParticipationWithdrawn(one) => {
                let id = journal::read(&one.participation_id)?;
                uow.unseat(journal::read(&one.project_id)?, id).await?;
            }
            _nothing_to_learn => {}
        }
        tell(uow, event, tellings(fact)?).await
    }
}

/// What it tells to whom.
fn tellings(fact: Event) -> Result<Vec<Telling>, ApplyError> {
    let (investor, kind, about) = match fact {
        // The owner's own stake waits for nobody.
        Event::ParticipationHeld(one) if one.owner_id == one.investor_id => return Ok(Vec::new()),
        Event::ParticipationHeld(one) => {
            let about = project(&one.project_id)?;
            (one.owner_id, Kind::ParticipationHeld, about)
        }
        Event::ParticipationWaitlisted(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (one.investor_id, Kind::ParticipationWaitlisted, about)
        }
        Event::ParticipationApproved(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (one.investor_id, Kind::ParticipationApproved, about)
        }
        Event::ParticipationRejected(one) if one.reason == NO_FUNDS => return Ok(Vec::new()),
        Event::ParticipationRejected(one) => {
            let about = About {
                reason: one.reason,
                ..amount(one.amount, project(&one.project_id)?)?
            };
            (one.investor_id, Kind::ParticipationRejected, about)
        }
        Event::ParticipationWithdrawn(one) => return withdrawn(one),
        Event::ParticipationExpired(one) => return expired(one),
        Event::ParticipationActivated(one) => {
            let about = project(&one.project_id)?;
            (one.investor_id, Kind::ParticipationActivated, about)
        }
        Event::ParticipationSettled(one) => {
            let about = project(&one.project_id)?;
            (one.investor_id, Kind::ParticipationSettled, about)
        }
        Event::ParticipationLiquidated(one) => {
            let about = project(&one.project_id)?;
            (one.investor_id, Kind::ParticipationLiquidated, about)
        }
        Event::ParticipationRefunded(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (one.investor_id, Kind::ParticipationRefunded, about)
        }
        Event::OfferingOpened(_)
        | Event::ParticipationRequested(_)
        | Event::ParticipationFunding(_)
        | Event::ParticipationRenewed(_)
        | Event::OfferingFilled(_)
        | Event::OfferingReopened(_)
        | Event::OfferingSealed(_)
        | Event::OfferingDeadlineMissed(_)
        | Event::OfferingClosed(_) => return Ok(Vec::new()),
    };
    Ok(vec![(person(&investor)?, kind, about)])
}

fn withdrawn(one: ParticipationWithdrawn) -> Result<Vec<Telling>, ApplyError> {
    let kind = match (one.waitlisted, one.reason.is_empty()) {
        // Who takes a place in the waiting list back knows it, and nobody else has to.
        (true, true) => return Ok(Vec::new()),
        (false, true) => Kind::ParticipationWithdrawn,
        (_, false) => Kind::ParticipationNotRenewed,
    };
    let about = amount(one.amount, project(&one.project_id)?)?;
    let readers = [person(&one.investor_id)?, OWNER];
    Ok(readers.map(|reader| (reader, kind, about.clone())).into())
}

fn expired(one: ParticipationExpired) -> Result<Vec<Telling>, ApplyError> {
    let about = amount(one.amount, project(&one.project_id)?)?;
    let investor = person(&one.investor_id)?;
    if one.waitlisted {
        return Ok(vec![(investor, Kind::WaitingListEnded, about)]);
    }
    if one.reason == CANCELLED {
        return Ok(vec![(investor, Kind::ParticipationRefunded, about)]);
    }
    let tell = |reader| (reader, Kind::ParticipationExpired, about.clone());
    Ok([investor, OWNER].map(tell).into())
}
