//! The events of Participation: who waits, who is in, who is out.

use contracts::participation::Event;
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;

use super::consumer::{OWNER, Telling, amount, person, project, tell};
use crate::application::learn::joined;
use crate::application::ports::{About, Tx as _};
use crate::domain::Kind;

/// A rejection by the money, which Accounting tells of: `FundsRefused`.
const NO_FUNDS: &str = "FUNDS";

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
    let telling = match fact {
        // The owner's own stake waits for nobody.
        Event::ParticipationHeld(one) if one.owner_id == one.investor_id => return Ok(Vec::new()),
        Event::ParticipationHeld(one) => {
            let about = project(&one.project_id)?;
            (person(&one.owner_id)?, Kind::ParticipationHeld, about)
        }
        Event::ParticipationApproved(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (
                person(&one.investor_id)?,
                Kind::ParticipationApproved,
                about,
            )
        }
        Event::ParticipationRejected(one) if one.reason == NO_FUNDS => return Ok(Vec::new()),
        Event::ParticipationRejected(one) => {
            let about = About {
                reason: one.reason,
                ..amount(one.amount, project(&one.project_id)?)?
            };
            (
                person(&one.investor_id)?,
                Kind::ParticipationRejected,
                about,
            )
        }
        Event::ParticipationWithdrawn(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            let readers = [person(&one.investor_id)?, OWNER];
            let telling = |reader| (reader, Kind::ParticipationWithdrawn, about.clone());
            return Ok(readers.map(telling).into());
        }
        Event::ParticipationExpired(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            let readers = [person(&one.investor_id)?, OWNER];
            let telling = |reader| (reader, Kind::ParticipationExpired, about.clone());
            return Ok(readers.map(telling).into());
        }
        Event::ParticipationActivated(one) => {
            let about = project(&one.project_id)?;
            (
                person(&one.investor_id)?,
                Kind::ParticipationActivated,
                about,
            )
        }
        Event::ParticipationSettled(one) => {
            let about = project(&one.project_id)?;
            (person(&one.investor_id)?, Kind::ParticipationSettled, about)
        }
        Event::ParticipationRefunded(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (
                person(&one.investor_id)?,
                Kind::ParticipationRefunded,
                about,
            )
        }
        Event::OfferingOpened(_)
        | Event::ParticipationRequested(_)
        | Event::OfferingFilled(_)
        | Event::OfferingReopened(_)
        | Event::OfferingSealed(_)
        | Event::OfferingClosed(_) => return Ok(Vec::new()),
    };
    Ok(vec![telling])
}
