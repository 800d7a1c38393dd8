//! The ends of a round: settled, liquidated, cancelled, or its deadline missed.

use time::OffsetDateTime;

use super::{
    Change, Funding, Offering, OfferingStatus, Participation, ParticipationFact,
    ParticipationState, Refusal, reason,
};

/// How far a cancelled project had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelledFrom {
    /// All of the money is still in escrow: it goes back.
    BeforeExecution,
    /// Money was spent: everybody stays until the liquidation shares out what is left.
    Execution,
}

impl Offering {
    /// The deadline has passed below the goal, nobody is left to decide about, and no gap is open
    /// for the owner to fill: the project is to be cancelled.
    pub fn miss_deadline(&mut self, now: OffsetDateTime) -> Result<(), Refusal> {
        let state = &self.state;
        let over = now >= state.terms.deadline && state.gap_until.is_none_or(|until| now >= until);
        if state.status != OfferingStatus::Open || state.reserved_minor > 0 || !over {
            return Err(Refusal::DeadlineNotMissed);
        }
        self.close();
        Ok(())
    }

    /// Nothing is taken any more.
    pub fn close(&mut self) {
        self.state.status = OfferingStatus::Closed;
    }

    /// What the cancellation means for one participation; nothing for one that had ended before,
    /// and for one whose money is at work.
    pub fn cancel(&mut self, participation: &mut Participation, from: CancelledFrom) -> Change {
        use ParticipationState as S;
        let end = match (participation.state, participation.funding, from) {
            (S::Requested, Funding::Held, _)
            | (S::Approved | S::Active, _, CancelledFrom::BeforeExecution) => S::Refunded,
            // A hold that is under way is voided when it arrives.
            (S::Waitlisted | S::Requested, _, _) => S::Expired,
            (
                // What is at work stays, and what has ended.
                S::Approved
                | S::Active
                | S::Settled
                | S::Liquidated
                | S::Rejected
                | S::Withdrawn
                | S::Expired
                | S::Refunded,
                _,
                _,
            ) => return Change::default(),
        };
        self.let_go(participation, end);
        if end == S::Expired {
            participation.reason = Some(reason::PROJECT_CANCELLED.to_owned());
            return ParticipationFact::Expired.into();
        }
        ParticipationFact::Refunded.into()
    }
}

impl Participation {
    /// The liquidation was posted; it may be heard of before the project's approval.
    pub fn liquidate(&mut self) -> Result<ParticipationFact, Refusal> {
        if !matches!(
            self.state,
            ParticipationState::Active | ParticipationState::Approved
        ) {
            return Err(Refusal::Already(self.state));
        }
        self.state = ParticipationState::Liquidated;
        Ok(ParticipationFact::Liquidated)
    }

    /// The final run was posted.
    pub fn settle(&mut self) -> Result<ParticipationFact, Refusal> {
        if self.state != ParticipationState::Active {
            return Err(Refusal::Already(self.state));
        }
        self.state = ParticipationState::Settled;
        Ok(ParticipationFact::Settled)
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;
    use time::Duration;

    use super::*;
    use crate::domain::samples::{approved, held, offering, requested, waitlisted};

    #[test]
    fn a_cancelled_project_lets_everybody_go_and_gives_all_room_back() {
        let before = CancelledFrom::BeforeExecution;
        let mut offering = offering(1_500);
        let mut asked = requested(&mut offering, 400);
        let mut funded = held(&mut offering, 400);
        let mut taken = approved(&mut offering, 600);
        let mut waiting = waitlisted(&mut offering, 500);
        offering.close();
        for (one, fact, why) in [
            (
                &mut asked,
                ParticipationFact::Expired,
                Some("PROJECT_CANCELLED"),
            ),
            (&mut funded, ParticipationFact::Refunded, None),
            (&mut taken, ParticipationFact::Refunded, None),
            (
                &mut waiting,
                ParticipationFact::Expired,
                Some("PROJECT_CANCELLED"),
            ),
        ] {
            assert_eq!(offering.cancel(one, before), fact.into());
            assert_eq!(one.reason.as_deref(), why);
            assert_eq!(offering.cancel(one, before), Change::default(), "once");
        }
        assert_eq!(offering.room_minor(), 1_500);
    }

    #[test]
    fn what_was_spent_stays_until_it_is_liquidated() {
        let mut offering = offering(1_000);
        let mut active = approved(&mut offering, 1_000);
        active.state = ParticipationState::Active;
        let change = offering.cancel(&mut active, CancelledFrom::Execution);
        assert_eq!(change, Change::default());
        assert_eq!(active.state, ParticipationState::Active);
        assert_eq!(active.liquidate(), Ok(ParticipationFact::Liquidated));
        assert_eq!(offering.state().approved_minor, 1_000);
        let again = active.liquidate();
        assert_eq!(again, Err(Refusal::Already(ParticipationState::Liquidated)));
    }

    #[test]
    fn a_deadline_is_missed_when_nobody_is_left_and_no_gap_is_open() {
        let over = offering(1_000).state.terms.deadline;
        let hour = Duration::hours(1);
        // now, requests, approved, gap until, missed
        for (now, asks, takes, gap, missed) in [
            (over - Duration::SECOND, 0, 0, None, false),
            (over, 0, 0, None, true),
            (over, 400, 0, None, false),
            (over, 0, 400, None, true),
            (over, 0, 1_000, None, false),
            (over, 0, 400, Some(over + hour), false),
            (over + hour, 0, 400, Some(over + hour), true),
        ] {
            let mut offering = offering(1_000);
            if asks > 0 {
                requested(&mut offering, asks);
            }
            if takes > 0 {
                approved(&mut offering, takes);
            }
            offering.state.gap_until = gap;
            let case = (now - over, asks, takes);
            assert_eq!(offering.miss_deadline(now).is_ok(), missed, "{case:?}");
            let closed = offering.state.status == OfferingStatus::Closed;
            assert_eq!(closed, missed, "{case:?}");
        }
    }

    #[test]
    fn only_an_active_participation_is_settled() {
        let mut offering = offering(1_000);
        let sample = requested(&mut offering, 400);
        for state in ParticipationState::iter() {
            let mut participation = Participation {
                state,
                ..sample.clone()
            };
            let expected = match state {
                ParticipationState::Active => Ok(ParticipationFact::Settled),
                other => Err(Refusal::Already(other)),
            };
            assert_eq!(participation.settle(), expected);
        }
    }
}
