//! Out again: taken back by the investor, or for want of a renewal after a material change.

use time::{Duration, OffsetDateTime};

use super::{
    Change, Offering, OfferingFact, OfferingStatus, Participation, ParticipationFact,
    ParticipationState, Refusal, reason,
};

/// For so long the owner's own stake may fill what a withdrawal after the deadline left.
const GAP: Duration = Duration::hours(72);

impl Offering {
    /// Gives the room back. An approved one goes until its cooling-off time is over or the
    /// offering is sealed, whichever comes first; a full offering is open again then.
    pub fn withdraw(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        match (participation.state, participation.cooling_off_until) {
            (ParticipationState::Waitlisted | ParticipationState::Requested, _) => {}
            (ParticipationState::Approved, Some(until)) => {
                if self.state.status == OfferingStatus::Sealed {
                    return Err(Refusal::OfferingSealed);
                }
                if now >= until {
                    return Err(Refusal::CoolingOffOver { until });
                }
            }
            (state, _) => return Err(Refusal::Already(state)),
        }
        Ok(self.take_out(participation, now))
    }

    /// The investor did not go on after a material change until its time was over.
    pub fn withdraw_unrenewed(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        match participation.state {
            ParticipationState::Waitlisted
            | ParticipationState::Requested
            | ParticipationState::Approved => {}
            state => return Err(Refusal::Already(state)),
        }
        let renewal = participation.renewal.ok_or(Refusal::NothingToRenew)?;
        if now < renewal.renew_by {
            return Err(Refusal::RenewalOutstanding);
        }
        participation.reason = Some(reason::MATERIAL_CHANGE.to_owned());
        Ok(self.take_out(participation, now))
    }

    fn take_out(&mut self, participation: &mut Participation, now: OffsetDateTime) -> Change {
        let was_approved = participation.state == ParticipationState::Approved;
        let offering = self.let_go(participation, ParticipationState::Withdrawn);
        let late = now >= self.state.terms.deadline;
        if was_approved && late && self.state.status == OfferingStatus::Open {
            self.state.gap_until = Some(now + GAP);
        }
        Change {
            participation: Some(ParticipationFact::Withdrawn { was_approved }),
            offering,
        }
    }

    /// Ends a participation in this state and gives back what it had of the room.
    pub(super) fn let_go(
        &mut self,
        participation: &mut Participation,
        end: ParticipationState,
    ) -> Option<OfferingFact> {
        let minor = participation.amount.minor();
        participation.renewal = None;
        match std::mem::replace(&mut participation.state, end) {
            ParticipationState::Requested => self.state.reserved_minor -= minor,
            ParticipationState::Approved | ParticipationState::Active => {
                self.state.approved_minor -= minor;
                if participation.owner_stake {
                    self.state.stake_minor -= minor;
                }
                if self.state.status == OfferingStatus::Full {
                    self.state.status = OfferingStatus::Open;
                    return Some(OfferingFact::Reopened);
                }
            }
            ParticipationState::Waitlisted
            | ParticipationState::Settled
            | ParticipationState::Liquidated
            | ParticipationState::Rejected
            | ParticipationState::Withdrawn
            | ParticipationState::Expired
            | ParticipationState::Refunded => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use ids::{EventId, UserId};
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::domain::Renewal;
    use crate::domain::samples::{GOOD, START, approved, asking, offering, requested};

    #[test]
    fn a_request_is_taken_back_at_any_time() {
        let mut offering = offering(1_000);
        let mut request = requested(&mut offering, 400);
        let change = offering
            .withdraw(&mut request, START + Duration::days(40))
            .unwrap();
        let taken_back = ParticipationFact::Withdrawn {
            was_approved: false,
        };
        assert_eq!(change, taken_back.into());
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
                let taken_back = ParticipationFact::Withdrawn { was_approved: true };
                assert_eq!(answer, Ok(taken_back.into()));
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
    fn after_the_deadline_a_withdrawal_leaves_a_gap_for_the_owner_alone() {
        let mut offering = offering(1_000);
        let deadline = offering.state.terms.deadline;
        let mut participation = approved(&mut offering, 1_000);
        participation.cooling_off_until = Some(deadline + Duration::DAY);
        offering.withdraw(&mut participation, deadline).unwrap();
        let owner = offering.state.owner;
        let asks = |investor, now| {
            let answer = offering.clone().request(asking(investor, 1_000), GOOD, now);
            answer.map(drop).map_err(|refusal| refusal.code())
        };
        let gap = deadline + Duration::hours(72);
        assert_eq!(asks(UserId::new(), deadline), Err("deadline_passed"));
        assert_eq!(asks(owner, gap - Duration::SECOND), Ok(()));
        assert_eq!(asks(owner, gap), Err("deadline_passed"));
    }

    #[test]
    fn who_does_not_renew_is_out_even_after_the_cooling_off() {
        let mut offering = offering(1_000);
        let mut participation = approved(&mut offering, 1_000);
        let late = START + Duration::days(7);
        let unasked = offering.withdraw_unrenewed(&mut participation, late);
        assert_eq!(unasked, Err(Refusal::NothingToRenew));
        participation.renewal = Some(Renewal {
            notice: EventId::new(),
            renew_by: late,
        });
        let early = offering.withdraw_unrenewed(&mut participation, late - Duration::SECOND);
        assert_eq!(early, Err(Refusal::RenewalOutstanding));
        let change = offering
            .withdraw_unrenewed(&mut participation, late)
            .unwrap();
        assert_eq!(change.offering, Some(OfferingFact::Reopened));
        assert_eq!(participation.reason.as_deref(), Some("MATERIAL_CHANGE"));
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
        let alive = [
            ParticipationState::Waitlisted,
            ParticipationState::Requested,
            ParticipationState::Approved,
        ];
        for state in ParticipationState::iter().filter(|state| !alive.contains(state)) {
            let mut offering = offering(1_000);
            let mut participation = approved(&mut offering, 400);
            participation.state = state;
            let answer = offering.withdraw(&mut participation, START);
            assert_eq!(answer, Err(Refusal::Already(state)));
        }
    }
}
