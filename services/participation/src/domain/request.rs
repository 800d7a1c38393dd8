//! Asking for a share: room is set aside before the money is.

use ids::{ParticipationId, UserId};
use money::Money;
use time::{Duration, OffsetDateTime};

use super::{
    Change, Funding, Offering, OfferingStatus, Participation, ParticipationFact,
    ParticipationState, Refusal, ShareType,
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
}

/// What is known of the investor, read under the offering's lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Identity verified, and still so now.
    pub verified: bool,
    /// An earlier request in this offering still waits for its money.
    pub has_unfunded_request: bool,
    /// All requests and participations in this offering that still count, in minor units.
    pub committed_minor: i64,
}

impl Offering {
    /// Sets room aside for one investor, and never more than is left.
    pub fn request(
        &mut self,
        request: Request,
        standing: Standing,
        now: OffsetDateTime,
    ) -> Result<(Participation, Change), Refusal> {
        let taken_minor = self.taken_minor(&request, standing, now)?;
        let participation = Participation {
            id: request.id,
            project: self.state.project,
            investor: request.investor,
            amount: self.amount(taken_minor),
            share_type: request.share_type,
            owner_stake: request.investor == self.state.owner,
            state: ParticipationState::Requested,
            funding: Funding::Pending,
            reason: None,
            requested_at: now,
            decide_by: now + Duration::hours(i64::from(self.state.terms.decision_hours)),
            approved_at: None,
            cooling_off_until: None,
        };
        self.state.reserved_minor += taken_minor;
        Ok((participation, ParticipationFact::Requested.into()))
    }

    fn taken_minor(
        &self,
        request: &Request,
        standing: Standing,
        now: OffsetDateTime,
    ) -> Result<i64, Refusal> {
        let terms = &self.state.terms;
        match self.state.status {
            OfferingStatus::Open | OfferingStatus::Full => {}
            OfferingStatus::Sealed | OfferingStatus::Closed => return Err(Refusal::OfferingClosed),
        }
        if now >= terms.deadline {
            return Err(Refusal::DeadlinePassed {
                deadline: terms.deadline,
            });
        }
        if !standing.verified {
            return Err(Refusal::Unverified);
        }
        if standing.has_unfunded_request {
            return Err(Refusal::UnfundedRequest);
        }
        let asked_minor = request.amount.minor_in(self.state.currency)?;
        if asked_minor <= 0 {
            return Err(Refusal::AmountNotPositive);
        }
        let room_minor = self.room_minor();
        if room_minor == 0 || (asked_minor > room_minor && !request.allow_partial) {
            return Err(Refusal::NotEnoughRoom {
                room: self.amount(room_minor),
            });
        }
        let taken_minor = asked_minor.min(room_minor);
        self.check_ticket(request, taken_minor, standing.committed_minor)?;
        Ok(taken_minor)
    }

    /// The limits of one ticket, on what would really be taken.
    fn check_ticket(
        &self,
        request: &Request,
        taken_minor: i64,
        committed_minor: i64,
    ) -> Result<(), Refusal> {
        let terms = &self.state.terms;
        if taken_minor < terms.min_ticket_minor && taken_minor != self.room_minor() {
            return Err(Refusal::BelowMinTicket {
                min: self.limit(terms.min_ticket_minor)?,
            });
        }
        if let Some(max_minor) = terms.max_ticket_minor
            && taken_minor > max_minor - committed_minor
        {
            return Err(Refusal::AboveMaxTicket {
                max: self.limit(max_minor)?,
            });
        }
        if request.share_type == ShareType::Products {
            if request.investor == self.state.owner {
                return Err(Refusal::OwnerTakesProfitOnly);
            }
            let min_minor = terms
                .products_ticket_min_minor
                .ok_or(Refusal::ProductsNotOffered)?;
            if taken_minor < min_minor {
                return Err(Refusal::BelowProductsTicket {
                    min: self.limit(min_minor)?,
                });
            }
        }
        Ok(())
    }

    /// A limit of the terms; other than an amount it may exceed the goal.
    fn limit(&self, minor: i64) -> Result<Money, Refusal> {
        Ok(Money::try_new(minor, self.state.currency)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{GOOD, START, asking, offering, requested, usd};

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
            let standing = Standing {
                committed_minor,
                ..GOOD
            };
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
