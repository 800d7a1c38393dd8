//! Time was over: the owner did not decide, or the waiting list ended.

use time::OffsetDateTime;

use super::{
    Change, Offering, Participation, ParticipationFact, ParticipationState, Refusal, reason,
};

impl Offering {
    /// Ends what was not decided, from `decide_by` on; a request gives its room back.
    pub fn expire(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        let why = match participation.state {
            ParticipationState::Requested => reason::UNDECIDED,
            ParticipationState::Waitlisted => reason::DEADLINE,
            state => return Err(Refusal::Already(state)),
        };
        if now < participation.decide_by {
            return Err(Refusal::DecisionOpen {
                decide_by: participation.decide_by,
            });
        }
        self.let_go(participation, ParticipationState::Expired);
        participation.reason = Some(why.to_owned());
        Ok(ParticipationFact::Expired.into())
    }
}
