//! The owner's answer to a request.

use ids::UserId;
use text::Rule;
use time::{Duration, OffsetDateTime};

use super::{
    ApprovedBy, Change, Funding, Offering, OfferingFact, OfferingStatus, Participation,
    ParticipationFact, ParticipationState, Refusal,
};

const REASON_CHARS_MAX: usize = 500;

impl Offering {
    /// The owner takes a request whose money is held. Refused at `decide_by` and after it, so that
    /// a request is either decided or expired, never both.
    pub fn approve(
        &mut self,
        participation: &mut Participation,
        owner: UserId,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        self.take(participation, ApprovedBy::Owner(owner), now)
    }

    /// The owner turns a request down, in the owner's words (1 to 500 characters).
    pub fn reject(
        &mut self,
        participation: &mut Participation,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        let reason = Rule::long("reason", REASON_CHARS_MAX).read(reason);
        let reason = reason.map_err(|_| Refusal::ReasonRequired)?;
        decidable(participation, now)?;
        Ok(self.turn_down(participation, &reason))
    }

    pub(super) fn take(
        &mut self,
        participation: &mut Participation,
        by: ApprovedBy,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        decidable(participation, now)?;
        if self.state.suspended {
            return Err(Refusal::Suspended);
        }
        if participation.funding != Funding::Held {
            return Err(Refusal::NotHeld);
        }
        let minor = participation.amount.minor();
        self.check_stake_fits(participation)?;
        self.state.reserved_minor -= minor;
        self.state.approved_minor += minor;
        if participation.owner_stake {
            self.state.stake_minor += minor;
        }
        participation.state = ParticipationState::Approved;
        participation.approved_at = Some(now);
        let cooling_off = Duration::hours(i64::from(self.state.terms.cooling_off_hours));
        participation.cooling_off_until = Some(now + cooling_off);

        let filled = self.state.approved_minor == self.state.goal_minor;
        if filled {
            self.state.status = OfferingStatus::Full;
        }
        Ok(Change {
            participation: Some(ParticipationFact::Approved(by)),
            offering: filled.then_some(OfferingFact::Filled),
        })
    }

    /// The owner's own stake bears the first loss: nobody takes the room that it still needs.
    fn check_stake_fits(&self, taken: &Participation) -> Result<(), Refusal> {
        let missing = self.state.terms.first_loss_minor - self.state.stake_minor;
        let left = self.state.goal_minor - self.state.approved_minor - taken.amount.minor();
        if taken.owner_stake || missing <= left {
            return Ok(());
        }
        Err(Refusal::FirstLossUncovered {
            missing: self.limit(missing)?,
        })
    }

    /// Gives a request's room back.
    pub(super) fn turn_down(&mut self, participation: &mut Participation, reason: &str) -> Change {
        self.let_go(participation, ParticipationState::Rejected);
        participation.reason = Some(reason.to_owned());
        ParticipationFact::Rejected.into()
    }
}

fn decidable(participation: &Participation, now: OffsetDateTime) -> Result<(), Refusal> {
    if participation.state != ParticipationState::Requested {
        return Err(Refusal::Already(participation.state));
    }
    if now >= participation.decide_by {
        return Err(Refusal::DecisionOver {
            decide_by: participation.decide_by,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::domain::samples::{START, held, offering, requested, taken};

    #[test]
    fn an_approval_moves_room_from_reserved_to_approved_and_starts_the_cooling_off() {
        let mut offering = offering(1_000);
        let owner = offering.state.owner;
        let mut request = held(&mut offering, 400);
        let change = offering.approve(&mut request, owner, START).unwrap();
        assert_eq!(
            change,
            ParticipationFact::Approved(ApprovedBy::Owner(owner)).into()
        );
        assert_eq!(
            (offering.state.reserved_minor, offering.state.approved_minor),
            (0, 400)
        );
        assert_eq!(request.approved_at, Some(START));
        assert_eq!(request.cooling_off_until, Some(START + Duration::hours(96)));
    }

    #[test]
    fn the_approval_that_reaches_the_goal_fills_the_offering() {
        let mut offering = offering(1_000);
        let owner = offering.state.owner;
        let (mut first, mut last) = (held(&mut offering, 400), held(&mut offering, 600));
        assert_eq!(
            offering.approve(&mut first, owner, START).unwrap().offering,
            None
        );
        let change = offering.approve(&mut last, owner, START).unwrap();
        assert_eq!(change.offering, Some(OfferingFact::Filled));
        assert_eq!(offering.state.status, OfferingStatus::Full);
    }

    #[test]
    fn only_a_held_request_can_be_approved() {
        for funding in Funding::iter() {
            let mut offering = offering(1_000);
            let owner = offering.state.owner;
            let mut request = requested(&mut offering, 400);
            request.funding = funding;
            let before = (offering.clone(), request.clone());
            let answer = offering.approve(&mut request, owner, START);
            if funding == Funding::Held {
                assert!(answer.is_ok());
            } else {
                assert_eq!(answer, Err(Refusal::NotHeld), "{funding}");
                assert_eq!((offering, request), before);
            }
        }
    }

    #[test]
    fn whoever_decides_second_is_told_what_was_decided_first() {
        let open = [
            ParticipationState::Requested,
            ParticipationState::Waitlisted,
        ];
        for state in ParticipationState::iter().filter(|s| !open.contains(s)) {
            let mut offering = offering(1_000);
            let owner = offering.state.owner;
            let mut request = held(&mut offering, 400);
            request.state = state;
            let before = (offering.clone(), request.clone());
            let late = START + Duration::hours(72);
            let code = format!("already_{}", state.to_string().to_lowercase());
            for answer in [
                offering.approve(&mut request, owner, START),
                offering.reject(&mut request, "no", START),
                offering.expire(&mut request, late),
            ] {
                assert_eq!(answer.unwrap_err().code(), code);
            }
            assert_eq!((offering, request), before);
        }
    }

    #[test]
    fn a_request_is_decided_before_its_time_is_over_or_expires_from_then_on() {
        let mut offering = offering(1_000);
        let owner = offering.state.owner;
        let request = held(&mut offering, 400);
        let over = START + Duration::hours(72);
        assert_eq!(request.decide_by, over);
        for (now, may_decide) in [(over - Duration::SECOND, true), (over, false)] {
            let at = |act: fn(&mut Offering, &mut Participation, UserId, OffsetDateTime) -> _| {
                let answer: Result<Change, Refusal> =
                    act(&mut offering.clone(), &mut request.clone(), owner, now);
                answer.map(drop).map_err(|refusal| refusal.code())
            };
            let (decided, expired) = if may_decide {
                (Ok(()), Err("decision_open"))
            } else {
                (Err("decision_over"), Ok(()))
            };
            assert_eq!(at(Offering::approve), decided);
            assert_eq!(
                at(|offering, one, _, now| offering.reject(one, "no", now)),
                decided
            );
            assert_eq!(
                at(|offering, one, _, now| offering.expire(one, now)),
                expired
            );
        }
    }

    #[test]
    fn a_rejection_gives_the_room_back_and_keeps_the_owners_words() {
        let mut offering = offering(1_000);
        let mut request = requested(&mut offering, 400);
        let change = offering.reject(&mut request, " too small ", START).unwrap();
        assert_eq!(change, ParticipationFact::Rejected.into());
        assert_eq!(request.reason.as_deref(), Some("too small"));
        assert_eq!(offering.room_minor(), 1_000);
    }

    #[test]
    fn nobody_is_approved_while_the_project_is_suspended() {
        let mut offering = offering(1_000);
        let owner = offering.state.owner;
        let mut request = held(&mut offering, 400);
        offering.suspend(true);
        let refused = offering.approve(&mut request, owner, START);
        assert_eq!(refused, Err(Refusal::Suspended));
        offering.suspend(false);
        assert!(offering.approve(&mut request, owner, START).is_ok());
    }

    #[test]
    fn nobody_takes_the_room_that_the_first_loss_needs() {
        let mut offering = offering(1_000);
        offering.state.terms.first_loss_minor = 200;
        let owner = offering.state.owner;
        let (mut fits, mut over) = (held(&mut offering, 800), held(&mut offering, 100));
        assert!(offering.approve(&mut fits, owner, START).is_ok());
        let refused = offering.approve(&mut over, owner, START).unwrap_err();
        assert_eq!(refused.code(), "first_loss_uncovered");
        let mut stake = taken(&mut offering, owner, 100);
        stake.held().unwrap();
        offering.admit_own(&mut stake, START).unwrap();
        assert_eq!(offering.state.stake_minor, 100);
    }

    #[test]
    fn a_rejection_needs_a_reason_of_readable_length() {
        for (reason, fits) in [("", false), ("  ", false), ("x", true)]
            .map(|(reason, fits)| (reason.to_owned(), fits))
            .into_iter()
            .chain([("x".repeat(500), true), ("x".repeat(501), false)])
        {
            let mut offering = offering(1_000);
            let mut request = requested(&mut offering, 400);
            let answer = offering.reject(&mut request, &reason, START);
            assert_eq!(answer.is_ok(), fits, "{} characters", reason.len());
        }
    }
}
