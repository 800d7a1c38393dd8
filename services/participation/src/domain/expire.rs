//! The owner did not decide in time.

use time::OffsetDateTime;

use super::{Change, Offering, Participation, ParticipationFact, ParticipationState, Refusal};

impl Offering {
    /// Gives the room of an undecided request back, from `decide_by` on.
    pub fn expire(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        if participation.state != ParticipationState::Requested {
            return Err(Refusal::Already(participation.state));
        }
        if now < participation.decide_by {
            return Err(Refusal::DecisionOpen {
                decide_by: participation.decide_by,
            });
        }
        self.state.reserved_minor -= participation.amount.minor();
        participation.state = ParticipationState::Expired;
        Ok(ParticipationFact::Expired.into())
    }
}
