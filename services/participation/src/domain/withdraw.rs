//! The investor takes it back: a request at any time, a participation while it cools off.

use time::OffsetDateTime;

use super::{
    Change, Offering, OfferingFact, OfferingStatus, Participation, ParticipationFact,
    ParticipationState, Refusal,
};

impl Offering {
    /// Gives the room back. An approved one goes until its cooling-off time is over or the
    /// offering is sealed, whichever comes first; a full offering is open again then.
    pub fn withdraw(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        let minor = participation.amount.minor();
        match (participation.state, participation.cooling_off_until) {
            (ParticipationState::Requested, _) => {
                self.state.reserved_minor -= minor;
                participation.state = ParticipationState::Withdrawn;
                Ok(ParticipationFact::Withdrawn.into())
            }
            (ParticipationState::Approved, Some(until)) => {
                if self.state.status == OfferingStatus::Sealed {
                    return Err(Refusal::OfferingSealed);
                }
                if now >= until {
                    return Err(Refusal::CoolingOffOver { until });
                }
                self.state.approved_minor -= minor;
                participation.state = ParticipationState::Withdrawn;
                let reopened = self.state.status == OfferingStatus::Full;
                if reopened {
                    self.state.status = OfferingStatus::Open;
                }
                Ok(Change {
                    participation: Some(ParticipationFact::WithdrawnAfterApproval),
                    offering: reopened.then_some(OfferingFact::Reopened),
                })
            }
            (state, _) => Err(Refusal::Already(state)),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;
    use time::Duration;

    use super::*;
    use crate::domain::samples::{START, approved, offering, requested};

    #[test]
    fn a_request_is_taken_back_at_any_time() {
        let mut offering = offering(1_000);
        let mut request = requested(&mut offering, 400);
        let change = offering
            .withdraw(&mut request, START + Duration::days(40))
            .unwrap();
        assert_eq!(change, ParticipationFact::Withdrawn.into());
        assert_eq!(offering.room_minor(), 1_000);
    }

    #[test]
    fn a_participation_is_taken_back_until_its_cooling_off_is_over() {
        let over = START + Duration::hours(96);
        for (now, may) in [(over - Duration::SECOND, true), (over, false)] {
            let mut offering = offering(1_000);
            let mut participation = approved(&mut offering, 400);
            let before = (offering.clone(), participation.clone());
            let answer = offering.withdraw(&mut participation, now);
            if may {
                assert_eq!(answer, Ok(ParticipationFact::WithdrawnAfterApproval.into()));
                assert_eq!(offering.room_minor(), 1_000);
            } else {
                assert_eq!(answer, Err(Refusal::CoolingOffOver { until: over }));
                assert_eq!((offering, participation), before);
            }
        }
    }

    #[test]
    fn a_withdrawal_reopens_a_full_offering() {
        let mut offering = offering(1_000);
        let mut participation = approved(&mut offering, 1_000);
        assert_eq!(offering.state.status, OfferingStatus::Full);
        let change = offering.withdraw(&mut participation, START).unwrap();
        assert_eq!(change.offering, Some(OfferingFact::Reopened));
        assert_eq!(offering.state.status, OfferingStatus::Open);
        requested(&mut offering, 1_000);
    }

    #[test]
    fn nobody_withdraws_from_a_sealed_offering() {
        let mut offering = offering(1_000);
        let mut participation = approved(&mut offering, 1_000);
        offering.state.status = OfferingStatus::Sealed;
        let answer = offering.withdraw(&mut participation, START);
        assert_eq!(answer, Err(Refusal::OfferingSealed));
        assert_eq!(participation.state, ParticipationState::Approved);
    }

    #[test]
    fn what_has_ended_is_not_withdrawn() {
        let alive = [ParticipationState::Requested, ParticipationState::Approved];
        for state in ParticipationState::iter().filter(|state| !alive.contains(state)) {
            let mut offering = offering(1_000);
            let mut participation = approved(&mut offering, 400);
            participation.state = state;
            let answer = offering.withdraw(&mut participation, START);
            assert_eq!(answer, Err(Refusal::Already(state)));
        }
    }
}
