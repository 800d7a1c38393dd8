//! The two ends of a project: settled, or cancelled.

use super::{
    Change, Offering, OfferingStatus, Participation, ParticipationFact, ParticipationState,
    Refusal, reason,
};

/// How far a cancelled project had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelledFrom {
    /// All of the money is still in escrow: it goes back.
    BeforeExecution,
    /// Money was spent: the liquidation shares out what is left.
    Execution,
}

impl Offering {
    /// The project was cancelled: nothing is taken any more. Refused when it was closed before.
    pub fn close(&mut self) -> Result<(), Refusal> {
        if self.state.status == OfferingStatus::Closed {
            return Err(Refusal::OfferingClosed);
        }
        self.state.status = OfferingStatus::Closed;
        Ok(())
    }

    /// What the cancellation means for one participation; nothing for one that had ended before.
    pub fn cancel(&mut self, participation: &mut Participation, from: CancelledFrom) -> Change {
        match (participation.state, from) {
            (ParticipationState::Requested, _) => {
                self.turn_down(participation, reason::PROJECT_CANCELLED)
            }
            (
                ParticipationState::Approved | ParticipationState::Active,
                CancelledFrom::BeforeExecution,
            ) => {
                self.state.approved_minor -= participation.amount.minor();
                participation.state = ParticipationState::Refunded;
                ParticipationFact::Refunded.into()
            }
            (
                ParticipationState::Approved | ParticipationState::Active,
                CancelledFrom::Execution,
            ) => {
                participation.state = ParticipationState::Liquidated;
                ParticipationFact::Liquidated.into()
            }
            (
                ParticipationState::Settled
                | ParticipationState::Liquidated
                | ParticipationState::Rejected
                | ParticipationState::Withdrawn
                | ParticipationState::Expired
                | ParticipationState::Refunded,
                _,
            ) => Change::default(),
        }
    }
}

impl Participation {
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

    use super::*;
    use crate::domain::samples::{approved, offering, requested};

    #[test]
    fn a_cancelled_project_lets_everybody_go_and_gives_all_room_back() {
        let mut offering = offering(1_000);
        let mut waiting = requested(&mut offering, 400);
        let mut taken = approved(&mut offering, 600);
        offering.close().unwrap();
        let before = CancelledFrom::BeforeExecution;
        assert_eq!(
            offering.cancel(&mut waiting, before),
            ParticipationFact::Rejected.into()
        );
        assert_eq!(
            offering.cancel(&mut taken, before),
            ParticipationFact::Refunded.into()
        );
        assert_eq!(waiting.reason.as_deref(), Some("PROJECT_CANCELLED"));
        assert_eq!(offering.room_minor(), 1_000);
        assert_eq!(offering.cancel(&mut taken, before), Change::default());
        assert_eq!(offering.close(), Err(Refusal::OfferingClosed));
    }

    #[test]
    fn what_was_spent_is_liquidated_not_refunded() {
        let mut offering = offering(1_000);
        let mut active = approved(&mut offering, 1_000);
        active.state = ParticipationState::Active;
        let change = offering.cancel(&mut active, CancelledFrom::Execution);
        assert_eq!(change, ParticipationFact::Liquidated.into());
        assert_eq!(active.state, ParticipationState::Liquidated);
        assert_eq!(offering.state().approved_minor, 1_000);
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
