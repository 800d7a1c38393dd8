//! The events of Participation: who waits, who is in, who is out.

use contracts::participation;
use ids::UserId;
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;

use super::consumer::{OWNER, amount, person, project, read, tell};
use crate::application::learn::joined;
use crate::application::notify::Reader;
use crate::application::ports::{About, Tx as _};
use crate::domain::Kind;

/// A rejection by the money, which Accounting tells of: `FundsRefused`.
const NO_FUNDS: &str = "FUNDS";

/// What Notification does about the events of Participation.
pub struct OfParticipation;

#[async_trait::async_trait]
impl Apply for OfParticipation {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use participation::Event;
        let tellings = match Event::decode(&event.ty, &event.data)? {
            Event::ParticipationHeld(one) => {
                // The owner's own stake waits for nobody.
                if one.owner_id == one.investor_id {
                    return Ok(());
                }
                let owner: UserId = read(&one.owner_id)?;
                let about = project(&one.project_id)?;
                vec![(Reader::Person(owner), Kind::ParticipationHeld, about)]
            }
            Event::ParticipationApproved(one) => {
                let (project_id, investor) = (read(&one.project_id)?, read(&one.investor_id)?);
                joined(uow, project_id, investor, read(&one.participation_id)?).await?;
                let about = amount(one.amount, project(&one.project_id)?)?;
                vec![(Reader::Person(investor), Kind::ParticipationApproved, about)]
            }
            Event::ParticipationRejected(one) => {
                if one.reason == NO_FUNDS {
                    return Ok(());
                }
                let about = About {
                    reason: one.reason,
                    ..amount(one.amount, project(&one.project_id)?)?
                };
                vec![(
                    person(&one.investor_id)?,
                    Kind::ParticipationRejected,
                    about,
                )]
            }
            Event::ParticipationWithdrawn(one) => {
                let id = read(&one.participation_id)?;
                uow.unseat(read(&one.project_id)?, id).await?;
                let about = amount(one.amount, project(&one.project_id)?)?;
                let investor = person(&one.investor_id)?;
                [investor, OWNER]
                    .map(|reader| (reader, Kind::ParticipationWithdrawn, about.clone()))
                    .into()
            }
            Event::ParticipationExpired(one) => {
                let about = amount(one.amount, project(&one.project_id)?)?;
                let investor = person(&one.investor_id)?;
                [investor, OWNER]
                    .map(|reader| (reader, Kind::ParticipationExpired, about.clone()))
                    .into()
            }
            Event::ParticipationActivated(one) => {
                let about = project(&one.project_id)?;
                vec![(
                    person(&one.investor_id)?,
                    Kind::ParticipationActivated,
                    about,
                )]
            }
            Event::ParticipationSettled(one) => {
                let about = project(&one.project_id)?;
                vec![(person(&one.investor_id)?, Kind::ParticipationSettled, about)]
            }
            Event::ParticipationRefunded(one) => {
                let about = amount(one.amount, project(&one.project_id)?)?;
                vec![(
                    person(&one.investor_id)?,
                    Kind::ParticipationRefunded,
                    about,
                )]
            }
            Event::OfferingOpened(_)
            | Event::ParticipationRequested(_)
            | Event::OfferingFilled(_)
            | Event::OfferingReopened(_)
            | Event::OfferingSealed(_)
            | Event::OfferingClosed(_) => return Ok(()),
        };
        tell(uow, event, tellings).await
    }
}
