//! The waiting list: first come, first served, and nobody's money before there is room.

use ids::UserId;
use participation::application::decide_participations::Verdict;
use participation::application::react_to_accounting::FundsWord;
use participation::application::react_to_projects::flag_set;
use participation::application::sweep::promote_due;
use participation::application::withdraw_participation::withdraw_participation;
use participation::domain::{Funding, Participation, ParticipationState as S};

use crate::house::Round;

async fn withdraw(round: &Round, one: &Participation) {
    let investor = round.person(one.investor);
    withdraw_participation(&round.app, &investor, "out".to_owned(), one.id)
        .await
        .unwrap();
}

#[tokio::test]
async fn room_that_becomes_free_goes_to_the_first_that_fits_in_the_same_moment() {
    let round = Round::open().await;
    let (leaving, staying) = (round.held(300).await, round.approved(700).await);
    let large = round.waits(400, false).await;
    let first = round.waits(200, false).await;
    let partly = round.waits(500, true).await;
    let system = round.system();
    let seen = round.app.reads.participation(&system, partly.id).await;
    assert_eq!(seen.unwrap().unwrap().place, Some(3));
    round
        .decide(leaving.id, Verdict::Reject("no".to_owned()))
        .await
        .unwrap();
    assert_eq!(round.state(large.id).await, S::Waitlisted, "does not fit");
    let first = round.one(first.id).await;
    assert_eq!(
        (first.state, first.funding),
        (S::Requested, Funding::Pending)
    );
    let partly = round.one(partly.id).await;
    assert_eq!((partly.state, partly.amount.minor()), (S::Requested, 100));
    assert_eq!(partly.asked.minor(), 500);
    assert_eq!(round.sums().await, (1_000, 300, 700));

    // Without funds the room goes on to the next, and a cooling-off withdrawal reopens.
    round.funds(first.id, FundsWord::Refused).await;
    assert_eq!(round.state(large.id).await, S::Waitlisted);
    withdraw(&round, &staying).await;
    assert_eq!(round.state(large.id).await, S::Requested);
    assert_eq!(round.sums().await, (1_000, 500, 0));
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_promotion_checks_everything_again_and_keeps_the_place_of_who_may_not() {
    let round = Round::open().await;
    let holder = round.requested(1_000).await;
    let doubted = round.waits(600, false).await;
    let next = round.waits(400, false).await;
    round.identity(doubted.investor, false).await;
    withdraw(&round, &holder).await;
    assert_eq!(round.state(doubted.id).await, S::Waitlisted);
    assert_eq!(round.state(next.id).await, S::Requested);
    assert_eq!(promote_due(&round.app).await.unwrap(), 0);
    round.identity(doubted.investor, true).await;
    assert_eq!(promote_due(&round.app).await.unwrap(), 1);
    assert_eq!(round.state(doubted.id).await, S::Requested);
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn who_waits_can_leave_and_a_suspended_project_promotes_nobody() {
    let round = Round::open().await;
    let holder = round.requested(1_000).await;
    let (gone, waits) = (round.waits(500, false).await, round.waits(500, false).await);
    withdraw(&round, &gone).await;
    let gone = round.one(gone.id).await;
    assert_eq!((gone.state, gone.funding), (S::Withdrawn, Funding::None));
    let suspend = async |suspended| {
        let mut tx = round.begin().await;
        flag_set(&mut *tx, round.project, suspended).await.unwrap();
        tx.commit().await.unwrap();
    };
    suspend(true).await;
    withdraw(&round, &holder).await;
    assert_eq!(promote_due(&round.app).await.unwrap(), 0);
    suspend(false).await;
    assert_eq!(promote_due(&round.app).await.unwrap(), 1);
    assert_eq!(round.state(waits.id).await, S::Requested);
}

#[tokio::test]
async fn a_flag_that_comes_before_the_offering_is_kept_for_it() {
    let round = Round::open().await;
    let early = Round {
        project: ids::ProjectId::new(),
        owner: UserId::new(),
        app: round.app.clone(),
        other: round.other.clone(),
        tenant: round.tenant,
        database: round.database.clone(),
    };
    let mut tx = early.begin().await;
    flag_set(&mut *tx, early.project, true).await.unwrap();
    tx.commit().await.unwrap();
    let terms = round.offering().await.state().terms.clone();
    let mut tx = early.begin().await;
    let goal = crate::house::usd(1_000);
    participation::application::react_to_projects::funding_opened(
        &mut *tx,
        early.project,
        early.owner,
        goal,
        terms,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert!(early.offering().await.state().suspended);
}
