//! Whatever is asked in whatever order, an offering is never oversold and its sums are those of its
//! participations.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use ids::{ParticipationId, ProjectId, UserId};
use money::Money;
use participation::domain::{
    CancelledFrom, Offering, OfferingStatus, Participation, ParticipationState, Request, ShareType,
    Signature, Standing, Terms,
};
use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const START: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

#[derive(Clone, Debug)]
enum Command {
    Request {
        minor: i64,
        allow_partial: bool,
        owner: bool,
    },
    Promote,
    Held,
    FundsRefused,
    Captured,
    Released,
    Approve,
    Reject,
    Withdraw,
    Expire,
    Seal,
    Activate,
    Settle,
    Close,
    Wait {
        hours: i64,
    },
}

fn usd(minor: i64) -> Money {
    Money::try_new(minor, "USD".parse().unwrap()).unwrap()
}

fn offering(goal_minor: i64) -> Offering {
    let terms = Terms {
        min_ticket_minor: 100,
        max_ticket_minor: Some(5_000),
        products_ticket_min_minor: None,
        decision_hours: 72,
        cooling_off_hours: 96,
        deadline: START + Duration::days(30),
        first_loss_minor: 50,
        conditions: None,
    };
    Offering::open(ProjectId::new(), UserId::new(), usd(goal_minor), terms).unwrap()
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => (-5..1_200_i64, any::<bool>(), any::<bool>())
            .prop_map(|(minor, allow_partial, owner)| Command::Request {
                minor,
                allow_partial,
                owner,
            }),
        4 => Just(Command::Promote),
        6 => Just(Command::Held),
        1 => Just(Command::FundsRefused),
        4 => Just(Command::Captured),
        1 => Just(Command::Released),
        6 => Just(Command::Approve),
        1 => Just(Command::Reject),
        2 => Just(Command::Withdraw),
        2 => Just(Command::Expire),
        2 => Just(Command::Seal),
        2 => Just(Command::Activate),
        1 => Just(Command::Settle),
        1 => Just(Command::Close),
        2 => (1..120_i64).prop_map(|hours| Command::Wait { hours }),
    ]
}

fn good() -> Standing {
    Standing {
        verified: true,
        ..Standing::default()
    }
}

/// Does it, to the participation that `pick` points at where it needs one. A refusal is fine.
fn obey(
    offering: &mut Offering,
    all: &mut Vec<Participation>,
    now: &mut OffsetDateTime,
    (command, pick): (Command, prop::sample::Index),
) {
    match command {
        Command::Request {
            minor,
            allow_partial,
            owner,
        } => {
            let investor = if owner {
                offering.state().owner
            } else {
                UserId::new()
            };
            let request = Request {
                id: ParticipationId::new(),
                investor,
                amount: usd(minor),
                share_type: ShareType::ProfitOnly,
                allow_partial,
                join_waiting_list: true,
                signature: Signature {
                    version: "1".to_owned(),
                    sha256: "0".repeat(64),
                },
            };
            all.extend(
                offering
                    .request(request, good(), *now)
                    .map(|(participation, _)| participation),
            );
            return;
        }
        Command::Seal => return drop(offering.seal(all, *now)),
        Command::Wait { hours } => return *now += Duration::hours(hours),
        Command::Close => {
            offering.close();
            for participation in all {
                offering.cancel(participation, CancelledFrom::BeforeExecution);
            }
            return;
        }
        _ => {}
    }
    if all.is_empty() {
        return;
    }
    let one = pick.get_mut(all);
    let owner = offering.state().owner;
    match command {
        Command::Held => drop(one.held()),
        Command::FundsRefused => drop(offering.funds_refused(one, *now)),
        Command::Promote => drop(offering.promote(one, good(), *now)),
        Command::Captured => drop(one.captured()),
        Command::Released => drop(one.released()),
        Command::Approve => drop(offering.approve(one, owner, *now)),
        Command::Reject => drop(offering.reject(one, "too small", *now)),
        Command::Withdraw => drop(offering.withdraw(one, *now)),
        Command::Expire => drop(offering.expire(one, *now)),
        Command::Activate => drop(offering.activate(one)),
        Command::Settle => drop(one.settle()),
        Command::Request { .. } | Command::Seal | Command::Wait { .. } | Command::Close => {}
    }
}

fn sum(all: &[Participation], states: &[ParticipationState]) -> i64 {
    let counts = |one: &&Participation| states.contains(&one.state);
    all.iter()
        .filter(counts)
        .map(|one| one.amount.minor())
        .sum()
}

proptest! {
    #[test]
    fn an_offering_is_never_oversold_and_its_sums_are_those_of_its_participations(
        goal in 1..3_000_i64,
        commands in prop::collection::vec((command(), any::<prop::sample::Index>()), 1..80),
    ) {
        let mut offering = offering(goal);
        let mut all = Vec::new();
        let mut now = START;
        for command in commands {
            obey(&mut offering, &mut all, &mut now, command);

            let state = offering.state();
            let approved = [
                ParticipationState::Approved,
                ParticipationState::Active,
                ParticipationState::Settled,
            ];
            prop_assert!(state.reserved_minor + state.approved_minor <= goal);
            prop_assert!(offering.room_minor() >= 0);
            prop_assert_eq!(state.reserved_minor, sum(&all, &[ParticipationState::Requested]));
            prop_assert_eq!(state.approved_minor, sum(&all, &approved));
            prop_assert!(all.iter().all(|one| one.amount.is_positive()));
            let stake = all.iter().filter(|one| one.owner_stake && approved.contains(&one.state));
            let stake: i64 = stake.map(|one| one.amount.minor()).sum();
            prop_assert_eq!(state.stake_minor, stake);
            let full = matches!(state.status, OfferingStatus::Full | OfferingStatus::Sealed);
            prop_assert!(!full || stake >= state.terms.first_loss_minor.min(goal));
            match state.status {
                OfferingStatus::Open => prop_assert!(state.approved_minor < goal),
                OfferingStatus::Full | OfferingStatus::Sealed => {
                    prop_assert_eq!(state.approved_minor, goal);
                }
                OfferingStatus::Closed => prop_assert_eq!(state.reserved_minor, 0),
            }
        }
    }
}
