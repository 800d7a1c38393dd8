//! Offerings and participations that the tests of the rules start from.

use ids::{ParticipationId, ProjectId, UserId};
use money::Money;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{Limit, Offering, Participation, Request, ShareType, Signature, Standing, Terms};

/// When every story begins.
pub const START: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

/// An investor in good standing.
pub const GOOD: Standing = Standing {
    verified: true,
    consent_needed: None,
    paused_until: None,
    has_unfunded_request: false,
    is_waiting: false,
    in_project: NO_LIMIT,
    in_twelve_months: NO_LIMIT,
};
const NO_LIMIT: Limit = Limit {
    max_minor: None,
    used_minor: 0,
};

pub fn usd(minor: i64) -> Money {
    Money::try_new(minor, "USD".parse().expect("a currency"))
        .expect("a sample that the rules allow")
}

/// Tickets of 100 to 5000, products from 300; 72 hours to decide, 96 to cool off, 30 days open.
pub fn offering(goal_minor: i64) -> Offering {
    let terms = Terms {
        min_ticket_minor: 100,
        max_ticket_minor: Some(5_000),
        products_ticket_min_minor: Some(300),
        decision_hours: 72,
        cooling_off_hours: 96,
        deadline: START + Duration::days(30),
        first_loss_minor: 0,
        conditions: None,
    };
    Offering::open(ProjectId::new(), UserId::new(), usd(goal_minor), terms)
        .expect("a sample that the rules allow")
}

pub fn asking(investor: UserId, minor: i64) -> Request {
    Request {
        id: ParticipationId::new(),
        investor,
        amount: usd(minor),
        share_type: ShareType::ProfitOnly,
        allow_partial: false,
        join_waiting_list: false,
        signature: Signature {
            version: "1".to_owned(),
            sha256: "0".repeat(64),
        },
    }
}

/// A request of this investor that was let in.
pub fn taken(offering: &mut Offering, investor: UserId, minor: i64) -> Participation {
    offering
        .request(asking(investor, minor), GOOD, START)
        .expect("a sample that the rules allow")
        .0
}

/// A request of a new investor.
pub fn requested(offering: &mut Offering, minor: i64) -> Participation {
    taken(offering, UserId::new(), minor)
}

/// The same, held.
pub fn held(offering: &mut Offering, minor: i64) -> Participation {
    let mut participation = requested(offering, minor);
    participation.held().expect("a sample that the rules allow");
    participation
}

/// The same, approved at once.
pub fn approved(offering: &mut Offering, minor: i64) -> Participation {
    let mut participation = held(offering, minor);
    let owner = offering.state().owner;
    offering
        .approve(&mut participation, owner, START)
        .expect("a sample that the rules allow");
    participation
}

/// One that found no room and waits, in an offering that is filled up for it.
pub fn waitlisted(offering: &mut Offering, minor: i64) -> Participation {
    let mut crowded = offering.clone();
    let room = crowded.room_minor();
    if room > 0 {
        crowded.state.reserved_minor += room;
    }
    let request = Request {
        join_waiting_list: true,
        ..asking(UserId::new(), minor)
    };
    let (participation, _) = crowded
        .request(request, GOOD, START)
        .expect("a sample that the rules allow");
    offering.state.numbers = crowded.state.numbers;
    participation
}
