//! Asking for a share: room is set aside before the money is, or a place in the waiting list.

use ids::{ParticipationId, UserId};
use money::Money;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use time::{Duration, OffsetDateTime};

use super::{
    Change, Funding, Offering, OfferingStatus, Participation, ParticipationFact,
    ParticipationState, Refusal, ShareType, Signature,
};

/// What an investor asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The id that the participation and its hold will have.
    pub id: ParticipationId,
    /// Whose money; the project owner's own becomes an owner's stake.
    pub investor: UserId,
    /// How much.
    pub amount: Money,
    /// Goods or profit.
    pub share_type: ShareType,
    /// Whether less will do when less is left.
    pub allow_partial: bool,
    /// Whether to wait for room where there is not enough.
    pub join_waiting_list: bool,
    /// What was signed.
    pub signature: Signature,
}

/// A text that an investor agrees to before the first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Consent {
    /// That all of the money may be lost.
    RiskWarning,
    /// How the platform works.
    PlatformTerms,
}

/// What a limit of an investor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
pub enum Window {
    /// All in this project.
    #[strum(serialize = "in this project")]
    Project,
    /// All in the last twelve months, over all projects.
    #[strum(serialize = "in twelve months")]
    TwelveMonths,
}

/// A limit of an investor in the offering's currency, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// The most, if there is a limit.
    pub max_minor: Option<i64>,
    /// What counts already.
    pub used_minor: i64,
}

/// What is known of the investor, read under the offering's lock and the investor's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Identity verified, and still so now.
    pub verified: bool,
    /// A consent that is not given, with its version in force.
    pub consent_needed: Option<(Consent, i32)>,
    /// After requests without funds, until here.
    pub paused_until: Option<OffsetDateTime>,
    /// An earlier request in this offering still waits for its money.
    pub has_unfunded_request: bool,
    /// On this offering's waiting list.
    pub is_waiting: bool,
    /// All requests and participations in this offering that still count.
    pub in_project: Limit,
    /// The same over all projects, of the last twelve months.
    pub in_twelve_months: Limit,
}

impl Offering {
    /// Sets room aside for one investor, and never more than is left; without enough of it, gives
    /// a place in the waiting list to whoever wants one.
    pub fn request(
        &mut self,
        request: Request,
        standing: Standing,
        now: OffsetDateTime,
    ) -> Result<(Participation, Change), Refusal> {
        self.admits(request.investor, standing, now)?;
        let asked_minor = request.amount.minor_in(self.state.currency)?;
        if asked_minor <= 0 {
            return Err(Refusal::AmountNotPositive);
        }
        let room_minor = match self.room_for(asked_minor, request.allow_partial) {
            Ok(room_minor) => Some(room_minor),
            Err(_no_room) if request.join_waiting_list => None,
            Err(no_room) => return Err(no_room),
        };
        if room_minor.is_none() && standing.is_waiting {
            return Err(Refusal::WaitingAlready);
        }
        let amount_minor = room_minor.unwrap_or(asked_minor);
        let mut participation = self.participation(request, now);
        self.check_amount(&participation, amount_minor, standing)?;
        let fact = if room_minor.is_some() {
            self.reserve(&mut participation, amount_minor, now)
        } else {
            self.state.numbers += 1;
            participation.number = Some(self.state.numbers);
            ParticipationFact::Waitlisted
        };
        Ok((participation, fact.into()))
    }

    /// Gives room that became free to one of the waiting list: all that was asked for, or what
    /// there is where that will do. Everything is checked as if it were asked for now.
    pub fn promote(
        &mut self,
        participation: &mut Participation,
        standing: Standing,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        if participation.state != ParticipationState::Waitlisted {
            return Err(Refusal::Already(participation.state));
        }
        if participation.renewal.is_some() {
            return Err(Refusal::RenewalOutstanding);
        }
        self.admits(participation.investor, standing, now)?;
        let asked_minor = participation.asked.minor();
        let minor = self.room_for(asked_minor, participation.allow_partial)?;
        self.check_amount(participation, minor, standing)?;
        Ok(self.reserve(participation, minor, now).into())
    }

    /// As it stands before it has room: on the waiting list until the deadline.
    fn participation(&self, request: Request, now: OffsetDateTime) -> Participation {
        Participation {
            id: request.id,
            project: self.state.project,
            investor: request.investor,
            amount: request.amount,
            asked: request.amount,
            allow_partial: request.allow_partial,
            share_type: request.share_type,
            owner_stake: request.investor == self.state.owner,
            state: ParticipationState::Waitlisted,
            funding: Funding::None,
            reason: None,
            number: None,
            requested_at: now,
            decide_by: self.state.terms.deadline,
            refused_at: None,
            approved_at: None,
            cooling_off_until: None,
            renewal: None,
            signature: Some(request.signature),
        }
    }

    fn reserve(
        &mut self,
        participation: &mut Participation,
        minor: i64,
        now: OffsetDateTime,
    ) -> ParticipationFact {
        self.state.reserved_minor += minor;
        participation.amount = self.amount(minor);
        participation.state = ParticipationState::Requested;
        participation.funding = Funding::Pending;
        participation.decide_by = now + Duration::hours(i64::from(self.state.terms.decision_hours));
        ParticipationFact::Requested
    }

    /// Whether this investor may ask at all now. In a gap only the owner may.
    fn admits(
        &self,
        investor: UserId,
        standing: Standing,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let (OfferingStatus::Open | OfferingStatus::Full) = self.state.status else {
            return Err(Refusal::OfferingClosed);
        };
        if self.state.suspended {
            return Err(Refusal::Suspended);
        }
        let deadline = self.state.terms.deadline;
        let in_gap = self.state.gap_until.is_some_and(|until| now < until);
        if now >= deadline && !(in_gap && investor == self.state.owner) {
            return Err(Refusal::DeadlinePassed { deadline });
        }
        if !standing.verified {
            return Err(Refusal::Unverified);
        }
        if let Some((consent, version)) = standing.consent_needed {
            return Err(Refusal::ConsentNeeded { consent, version });
        }
        if let Some(until) = standing.paused_until {
            return Err(Refusal::Paused { until });
        }
        if standing.has_unfunded_request {
            return Err(Refusal::UnfundedRequest);
        }
        Ok(())
    }

    /// How much of it is taken of the room that is left.
    fn room_for(&self, asked_minor: i64, allow_partial: bool) -> Result<i64, Refusal> {
        let room_minor = self.room_minor();
        if room_minor == 0 || (asked_minor > room_minor && !allow_partial) {
            return Err(Refusal::NotEnoughRoom {
                room: self.amount(room_minor),
            });
        }
        Ok(asked_minor.min(room_minor))
    }

    /// The limits of one ticket and of its investor, on what would really be taken.
    fn check_amount(
        &self,
        participation: &Participation,
        minor: i64,
        standing: Standing,
    ) -> Result<(), Refusal> {
        let terms = &self.state.terms;
        if minor < terms.min_ticket_minor && minor != self.room_minor() {
            return Err(Refusal::BelowMinTicket {
                min: self.limit(terms.min_ticket_minor)?,
            });
        }
        if let Some(max_minor) = terms.max_ticket_minor
            && minor > max_minor - standing.in_project.used_minor
        {
            return Err(Refusal::AboveMaxTicket {
                max: self.limit(max_minor)?,
            });
        }
        if participation.share_type == ShareType::Products {
            if participation.owner_stake {
                return Err(Refusal::OwnerTakesProfitOnly);
            }
            let min_minor = terms
                .products_ticket_min_minor
                .ok_or(Refusal::ProductsNotOffered)?;
            if minor < min_minor {
                return Err(Refusal::BelowProductsTicket {
                    min: self.limit(min_minor)?,
                });
            }
        }
        self.check_limit(Window::Project, standing.in_project, minor)?;
        self.check_limit(Window::TwelveMonths, standing.in_twelve_months, minor)
    }

    fn check_limit(&self, window: Window, limit: Limit, minor: i64) -> Result<(), Refusal> {
        let Some(max_minor) = limit.max_minor else {
            return Ok(());
        };
        let left_minor = (max_minor - limit.used_minor).max(0);
        if minor <= left_minor {
            return Ok(());
        }
        Err(Refusal::AboveInvestorLimit {
            window,
            limit: self.limit(max_minor)?,
            used: self.limit(limit.used_minor)?,
            left: self.limit(left_minor)?,
        })
    }

    /// An amount that other than a part of the offering may exceed its goal.
    pub(super) fn limit(&self, minor: i64) -> Result<Money, Refusal> {
        Ok(Money::try_new(minor, self.state.currency)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{GOOD, START, asking, offering, requested, usd, waitlisted};

    fn outcome(
        offering: &mut Offering,
        request: Request,
        standing: Standing,
        now: OffsetDateTime,
    ) -> Result<i64, &'static str> {
        let before = offering.clone();
        match offering.request(request, standing, now) {
            Ok((participation, change)) => {
                assert_eq!(change, ParticipationFact::Requested.into());
                let minor = participation.amount.minor();
                assert_eq!(before.room_minor() - minor, offering.room_minor());
                Ok(minor)
            }
            Err(refusal) => {
                assert_eq!(*offering, before, "a refusal changes nothing");
                Err(refusal.code())
            }
        }
    }

    #[test]
    fn what_a_request_gets_from_the_room_that_is_left() {
        // goal 10 000, tickets of 100 to 5 000, products from 300
        #[rustfmt::skip]
        let table = [
            // room left, asked, type,                partial, committed, taken or refused
            (10_000,   -1, ShareType::ProfitOnly, false,     0, Err("not_positive")),
            (10_000,    0, ShareType::ProfitOnly, false,     0, Err("not_positive")),
            (10_000,   99, ShareType::ProfitOnly, false,     0, Err("below_min_ticket")),
            (10_000,  100, ShareType::ProfitOnly, false,     0, Ok(100)),
            (10_000, 5_000, ShareType::ProfitOnly, false,    0, Ok(5_000)),
            (10_000, 5_001, ShareType::ProfitOnly, false,    0, Err("above_max_ticket")),
            (10_000, 1_000, ShareType::ProfitOnly, false, 4_000, Ok(1_000)),
            (10_000, 1_001, ShareType::ProfitOnly, false, 4_000, Err("above_max_ticket")),
            (10_000,  299, ShareType::Products,   false,     0, Err("below_products_ticket")),
            (10_000,  300, ShareType::Products,   false,     0, Ok(300)),
            (   400,  400, ShareType::ProfitOnly, false,     0, Ok(400)),
            (   400,  401, ShareType::ProfitOnly, false,     0, Err("not_enough_room")),
            (   400,  401, ShareType::ProfitOnly, true,      0, Ok(400)),
            (   400,  399, ShareType::ProfitOnly, true,      0, Ok(399)),
            (    40,   39, ShareType::ProfitOnly, false,     0, Err("below_min_ticket")),
            (    40,   40, ShareType::ProfitOnly, false,     0, Ok(40)),
            (    40,  200, ShareType::ProfitOnly, true,      0, Ok(40)),
            (   200,  500, ShareType::Products,   true,      0, Err("below_products_ticket")),
            (     0,    1, ShareType::ProfitOnly, true,      0, Err("not_enough_room")),
        ];
        for row in table {
            let (room, asked, share_type, allow_partial, committed_minor, expected) = row;
            let mut offering = offering(10_000);
            offering.state.reserved_minor = 10_000 - room;
            let amount = Money::try_new(asked, offering.state.currency).unwrap();
            let request = Request {
                amount,
                share_type,
                allow_partial,
                ..asking(UserId::new(), 1)
            };
            let in_project = Limit {
                max_minor: None,
                used_minor: committed_minor,
            };
            let standing = Standing { in_project, ..GOOD };
            assert_eq!(
                outcome(&mut offering, request, standing, START),
                expected,
                "{row:?}"
            );
        }
    }

    #[test]
    fn the_refusal_names_the_room_that_is_left() {
        let mut offering = offering(1_000);
        requested(&mut offering, 600);
        let refused = offering
            .request(asking(UserId::new(), 401), GOOD, START)
            .unwrap_err();
        assert_eq!(refused, Refusal::NotEnoughRoom { room: usd(400) });
    }

    #[test]
    fn only_a_verified_investor_without_an_unfunded_request_may_ask() {
        let table = [
            (
                Standing {
                    verified: false,
                    ..GOOD
                },
                Err("kyc_not_verified"),
            ),
            (
                Standing {
                    has_unfunded_request: true,
                    ..GOOD
                },
                Err("unfunded_request"),
            ),
            (
                Standing {
                    consent_needed: Some((Consent::RiskWarning, 1)),
                    ..GOOD
                },
                Err("consent_needed"),
            ),
            (
                Standing {
                    paused_until: Some(START + Duration::HOUR),
                    ..GOOD
                },
                Err("paused_after_refusals"),
            ),
            (GOOD, Ok(100)),
        ];
        for (standing, expected) in table {
            let request = asking(UserId::new(), 100);
            assert_eq!(
                outcome(&mut offering(1_000), request, standing, START),
                expected
            );
        }
    }

    #[test]
    fn an_investors_limits_are_told_with_what_is_used_and_left() {
        let limit = |max, used_minor| Limit {
            max_minor: Some(max),
            used_minor,
        };
        // in the project, in twelve months, asked, answer
        for (in_project, in_twelve_months, asked, expected) in [
            (limit(500, 300), limit(900, 300), 200, Ok(200)),
            (
                limit(500, 300),
                limit(900, 300),
                201,
                Err("above_project_limit"),
            ),
            (
                limit(900, 300),
                limit(500, 300),
                201,
                Err("above_yearly_limit"),
            ),
            (
                limit(500, 600),
                limit(900, 600),
                100,
                Err("above_project_limit"),
            ),
        ] {
            let standing = Standing {
                in_project,
                in_twelve_months,
                ..GOOD
            };
            let request = asking(UserId::new(), asked);
            assert_eq!(
                outcome(&mut offering(1_000), request, standing, START),
                expected
            );
        }
        let standing = Standing {
            in_project: limit(500, 300),
            ..GOOD
        };
        let refused = offering(1_000).request(asking(UserId::new(), 201), standing, START);
        let told = refused.unwrap_err().to_string();
        assert_eq!(
            told,
            "the limit is 5.00 in this project: 3.00 is used, 2.00 is left"
        );
    }

    #[test]
    fn without_room_there_is_a_place_for_who_wants_one_and_no_money_is_asked_for() {
        let mut offering = offering(1_000);
        requested(&mut offering, 900);
        let wants = |minor, join_waiting_list| Request {
            join_waiting_list,
            ..asking(UserId::new(), minor)
        };
        let refused = outcome(&mut offering, wants(200, false), GOOD, START);
        assert_eq!(refused, Err("not_enough_room"));
        for number in 1..=2 {
            let (waits, change) = offering.request(wants(200, true), GOOD, START).unwrap();
            assert_eq!(change, ParticipationFact::Waitlisted.into());
            assert_eq!(waits.state, ParticipationState::Waitlisted);
            assert_eq!((waits.funding, waits.number), (Funding::None, Some(number)));
            assert_eq!(waits.counted_minor(), 0);
        }
        assert_eq!(offering.room_minor(), 100, "who waits takes no room");
        let waiting = Standing {
            is_waiting: true,
            ..GOOD
        };
        let twice = outcome(&mut offering, wants(200, true), waiting, START);
        assert_eq!(twice, Err("waiting_already"));
        let fits = outcome(&mut offering, wants(100, true), GOOD, START);
        assert_eq!(fits, Ok(100), "with room nobody waits");
    }

    #[test]
    fn a_promotion_takes_all_or_what_there_is_where_that_will_do() {
        // room, asked, partial, standing, answer
        let suspect = Standing {
            verified: false,
            ..GOOD
        };
        for (room, asked, partial, standing, expected) in [
            (300, 300, false, GOOD, Ok(300)),
            (300, 301, false, GOOD, Err("not_enough_room")),
            (300, 301, true, GOOD, Ok(300)),
            (0, 300, true, GOOD, Err("not_enough_room")),
            (300, 300, false, suspect, Err("kyc_not_verified")),
        ] {
            let mut offering = offering(1_000);
            let mut taken = requested(&mut offering, 1_000);
            let mut waits = waitlisted(&mut offering, asked);
            waits.allow_partial = partial;
            offering.withdraw(&mut taken, START).unwrap();
            requested(&mut offering, 1_000 - room);
            let before = (offering.clone(), waits.clone());
            match offering.promote(&mut waits, standing, START) {
                Ok(change) => {
                    assert_eq!(change, ParticipationFact::Requested.into());
                    assert_eq!(Ok(waits.amount.minor()), expected);
                    assert_eq!(waits.decide_by, START + Duration::hours(72));
                    assert_eq!(waits.asked.minor(), asked, "what was signed");
                }
                Err(refusal) => {
                    assert_eq!(Err(refusal.code()), expected);
                    assert_eq!((offering, waits), before);
                }
            }
        }
    }

    #[test]
    fn a_suspended_offering_takes_nothing() {
        let mut offering = offering(1_000);
        offering.suspend(true);
        let request = asking(UserId::new(), 100);
        assert_eq!(
            outcome(&mut offering, request, GOOD, START),
            Err("suspended")
        );
    }

    #[test]
    fn requests_are_taken_until_the_deadline_and_not_at_it() {
        let deadline = offering(1_000).state.terms.deadline;
        for (now, expected) in [
            (deadline - Duration::SECOND, Ok(100)),
            (deadline, Err("deadline_passed")),
        ] {
            let request = asking(UserId::new(), 100);
            assert_eq!(outcome(&mut offering(1_000), request, GOOD, now), expected);
        }
    }

    #[test]
    fn each_status_of_an_offering_has_its_answer() {
        let table = [
            (OfferingStatus::Open, Ok(100)),
            (OfferingStatus::Full, Err("not_enough_room")),
            (OfferingStatus::Sealed, Err("offering_closed")),
            (OfferingStatus::Closed, Err("offering_closed")),
        ];
        for (status, expected) in table {
            let mut offering = offering(1_000);
            offering.state.status = status;
            if status != OfferingStatus::Open {
                offering.state.approved_minor = 1_000;
            }
            let request = asking(UserId::new(), 100);
            assert_eq!(
                outcome(&mut offering, request, GOOD, START),
                expected,
                "{status}"
            );
        }
    }

    #[test]
    fn another_currency_is_refused() {
        let amount = Money::try_new(100, "EUR".parse().unwrap()).unwrap();
        let request = Request {
            amount,
            ..asking(UserId::new(), 1)
        };
        let refused = outcome(&mut offering(1_000), request, GOOD, START);
        assert_eq!(refused, Err("currency_mismatch"));
    }

    #[test]
    fn goods_are_not_for_the_owner_nor_where_none_are_offered() {
        let mut offering = offering(1_000);
        let products = |investor| Request {
            share_type: ShareType::Products,
            ..asking(investor, 300)
        };
        let owner = products(offering.state.owner);
        assert_eq!(
            outcome(&mut offering, owner, GOOD, START),
            Err("owner_takes_profit_only")
        );
        offering.state.terms.products_ticket_min_minor = None;
        let anybody = products(UserId::new());
        assert_eq!(
            outcome(&mut offering, anybody, GOOD, START),
            Err("products_not_offered")
        );
    }
}
