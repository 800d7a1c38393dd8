//! After a material change everybody who is in goes on, or is out.

use ids::EventId;
use time::OffsetDateTime;

use super::{
    Offering, OfferingStatus, Participation, ParticipationFact, ParticipationState, Refusal,
    Renewal,
};

impl Offering {
    /// A material change: asks this participation for its renewal. Answers whether it has to;
    /// after the seal nobody has to any more, and whose change it is goes on anyway.
    pub fn ask_to_renew(&self, participation: &mut Participation, renewal: Renewal) -> bool {
        let asked = matches!(
            self.state.status,
            OfferingStatus::Open | OfferingStatus::Full
        ) && matches!(
            participation.state,
            ParticipationState::Waitlisted
                | ParticipationState::Requested
                | ParticipationState::Approved
        ) && !participation.owner_stake;
        if asked {
            participation.renewal = Some(renewal);
        }
        asked
    }
}

impl Participation {
    /// The investor goes on after the change that this notice tells of.
    pub fn renew(
        &mut self,
        notice: EventId,
        now: OffsetDateTime,
    ) -> Result<ParticipationFact, Refusal> {
        match self.state {
            ParticipationState::Waitlisted
            | ParticipationState::Requested
            | ParticipationState::Approved => {}
            state => return Err(Refusal::Already(state)),
        }
        let renewal = self.renewal.ok_or(Refusal::NothingToRenew)?;
        if renewal.notice != notice {
            return Err(Refusal::AnotherNotice {
                notice: renewal.notice,
            });
        }
        if now >= renewal.renew_by {
            return Err(Refusal::RenewalOver {
                renew_by: renewal.renew_by,
            });
        }
        self.renewal = None;
        Ok(ParticipationFact::Renewed(notice))
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::domain::samples::{START, approved, offering, taken};

    #[test]
    fn a_renewal_is_of_the_change_that_waits_and_in_its_time() {
        let mut offering = offering(1_000);
        let mut one = approved(&mut offering, 1_000);
        let (notice, renew_by) = (EventId::new(), START + Duration::DAY);
        assert_eq!(one.renew(notice, START), Err(Refusal::NothingToRenew));
        assert!(offering.ask_to_renew(&mut one, Renewal { notice, renew_by }));
        let other = one.renew(EventId::new(), START);
        assert_eq!(other, Err(Refusal::AnotherNotice { notice }));
        assert_eq!(
            one.renew(notice, renew_by),
            Err(Refusal::RenewalOver { renew_by })
        );
        let renewed = one.renew(notice, renew_by - Duration::SECOND);
        assert_eq!(renewed, Ok(ParticipationFact::Renewed(notice)));
        assert_eq!(one.renew(notice, START), Err(Refusal::NothingToRenew));
    }

    #[test]
    fn neither_the_owner_nor_anybody_of_a_sealed_list_is_asked() {
        let mut offering = offering(1_000);
        let owner = offering.state.owner;
        let mut stake = taken(&mut offering, owner, 400);
        let mut one = approved(&mut offering, 600);
        let renewal = Renewal {
            notice: EventId::new(),
            renew_by: START,
        };
        assert!(!offering.ask_to_renew(&mut stake, renewal));
        offering.state.status = OfferingStatus::Sealed;
        assert!(!offering.ask_to_renew(&mut one, renewal));
        assert_eq!(one.renewal, None);
    }
}
