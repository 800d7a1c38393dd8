//! What Accounting says about the money. `funding` follows its word whatever became of the request
//! meanwhile: a hold that arrives for an expired request is held until its release arrives.

use time::OffsetDateTime;

use super::{
    ApprovedBy, Change, Funding, Offering, Participation, ParticipationFact, ParticipationState,
    Refusal, reason,
};

impl Offering {
    /// Approves the owner's own stake, which waits for nobody once it is held.
    pub fn admit_own(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        self.take(participation, ApprovedBy::Itself, now)
    }

    /// There is no money: a request that still waits for it is rejected for want of funds.
    pub fn funds_refused(
        &mut self,
        participation: &mut Participation,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        expect_funding(participation, &[Funding::Pending])?;
        participation.funding = Funding::Refused;
        participation.refused_at = Some(now);
        if participation.state != ParticipationState::Requested {
            return Ok(ParticipationFact::FundingMoved.into());
        }
        Ok(self.turn_down(participation, reason::FUNDS))
    }
}

impl Participation {
    /// The money is set aside. The owner's own stake is taken then ([`Offering::admit_own`]).
    pub fn held(&mut self) -> Result<Change, Refusal> {
        expect_funding(self, &[Funding::Pending])?;
        self.funding = Funding::Held;
        let waits = self.state == ParticipationState::Requested;
        Ok(if waits {
            ParticipationFact::Held.into()
        } else {
            ParticipationFact::FundingMoved.into()
        })
    }

    /// The money is in the project's escrow.
    pub fn captured(&mut self) -> Result<Change, Refusal> {
        expect_funding(self, &[Funding::Held])?;
        self.funding = Funding::Captured;
        Ok(ParticipationFact::FundingMoved.into())
    }

    /// The money is back in the wallet, or will not be taken out of it: a release may overtake its
    /// own hold. Of money that was refused there is nothing to release.
    pub fn released(&mut self) -> Result<Change, Refusal> {
        if self.funding == Funding::Refused {
            return Ok(Change::default());
        }
        expect_funding(self, &[Funding::Pending, Funding::Held, Funding::Captured])?;
        self.funding = Funding::Released;
        Ok(ParticipationFact::FundingMoved.into())
    }
}

fn expect_funding(participation: &Participation, expected: &[Funding]) -> Result<(), Refusal> {
    if expected.contains(&participation.funding) {
        Ok(())
    } else {
        Err(Refusal::FundingAlready(participation.funding))
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::domain::samples::{START, offering, requested, taken};

    #[test]
    fn a_request_without_funds_is_rejected_and_gives_its_room_back() {
        let mut offering = offering(1_000);
        let mut request = requested(&mut offering, 400);
        let change = offering.funds_refused(&mut request, START).unwrap();
        assert_eq!(change, ParticipationFact::Rejected.into());
        assert_eq!(request.state, ParticipationState::Rejected);
        assert_eq!(request.reason.as_deref(), Some("FUNDS"));
        assert_eq!(
            (request.funding, offering.room_minor()),
            (Funding::Refused, 1_000)
        );
    }

    #[test]
    fn a_hold_that_arrives_for_a_withdrawn_request_is_noted_and_changes_nothing_else() {
        let mut offering = offering(1_000);
        let mut request = requested(&mut offering, 400);
        offering.withdraw(&mut request, START).unwrap();
        assert_eq!(request.held(), Ok(ParticipationFact::FundingMoved.into()));
        assert_eq!(request.state, ParticipationState::Withdrawn);
        request.released().unwrap();
        assert_eq!(
            (request.funding, offering.room_minor()),
            (Funding::Released, 1_000)
        );
    }

    #[test]
    fn a_refusal_that_arrives_for_a_withdrawn_request_gives_no_room_back_twice() {
        let mut offering = offering(1_000);
        let mut request = requested(&mut offering, 400);
        offering.withdraw(&mut request, START).unwrap();
        let change = offering.funds_refused(&mut request, START);
        assert_eq!(change, Ok(ParticipationFact::FundingMoved.into()));
        assert_eq!(request.state, ParticipationState::Withdrawn);
        assert_eq!(offering.room_minor(), 1_000);
    }

    #[test]
    fn the_owners_own_stake_is_taken_when_it_is_held() {
        let mut offering = offering(1_000);
        let owner = offering.state().owner;
        let mut stake = taken(&mut offering, owner, 400);
        assert!(stake.owner_stake);
        assert_eq!(offering.admit_own(&mut stake, START), Err(Refusal::NotHeld));
        stake.held().unwrap();
        let change = offering
            .admit_own(&mut stake, START + Duration::hours(1))
            .unwrap();
        assert_eq!(
            change,
            ParticipationFact::Approved(ApprovedBy::Itself).into()
        );
        assert_eq!(offering.state().approved_minor, 400);
    }

    #[test]
    fn each_word_of_accounting_has_its_place() {
        // funding before, then what `held`, `captured` and `released` answer
        let table = [
            (Funding::None, false, false, false),
            (Funding::Pending, true, false, true),
            (Funding::Held, false, true, true),
            (Funding::Refused, false, false, true),
            (Funding::Captured, false, false, true),
            (Funding::Released, false, false, false),
        ];
        for (before, held, captured, released) in table {
            let mut offering = offering(1_000);
            let mut request = requested(&mut offering, 400);
            request.funding = before;
            assert_eq!(request.clone().held().is_ok(), held, "held after {before}");
            assert_eq!(
                request.clone().captured().is_ok(),
                captured,
                "captured after {before}"
            );
            assert_eq!(
                request.clone().released().is_ok(),
                released,
                "released after {before}"
            );
        }
    }
}
