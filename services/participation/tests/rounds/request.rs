//! Requests: the same key, another body, and many at once for the last places.

use std::sync::Arc;

use ids::UserId;
use participation::application::react_to_accounting::FundsWord;
use participation::application::react_to_projects::project_approved;
use participation::application::request_participation::RequestParticipationError;
use participation::application::sweep::{expire_due, seal_due};
use participation::application::withdraw_participation::withdraw_participation;
use participation::domain::ParticipationState;
use tokio::task::JoinSet;
use uow::StoreError;

use crate::house::{Round, refused};

#[tokio::test]
async fn the_same_key_gets_the_same_participation_and_another_body_is_refused() {
    let round = Round::open().await;
    let investor = round.investor().await;
    let first = round.ask(&investor, "one", 400).await.unwrap();
    assert_eq!(
        round.all().await,
        std::slice::from_ref(&first),
        "what was stored is what was answered"
    );
    assert_eq!(round.ask(&investor, "one", 400).await.unwrap(), first);
    assert!(matches!(
        round.ask(&investor, "one", 500).await,
        Err(RequestParticipationError::Store(StoreError::KeyReused))
    ));
    assert_eq!(round.sums().await, (1_000, 400, 0));
    assert_eq!(
        round.recorded().await,
        ["OfferingOpened", "ParticipationRequested"]
    );
}

#[tokio::test]
async fn a_refused_request_leaves_no_trace() {
    let round = Round::open().await;
    let stranger = round.person(UserId::new());
    let investor = round.investor().await;
    for (who, minor, code) in [
        (&stranger, 400, "kyc_not_verified"),
        (&investor, 1_001, "not_enough_room"),
        (&investor, 99, "below_min_ticket"),
    ] {
        assert_eq!(refused(round.ask(who, "one", minor).await), code);
    }
    assert_eq!(round.sums().await, (1_000, 0, 0));
    assert_eq!(round.recorded().await, ["OfferingOpened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_for_ten_places_sell_exactly_ten() {
    let round = Arc::new(Round::open().await);
    let mut clients = JoinSet::new();
    for _ in 0..64 {
        let investor = round.investor().await;
        let round = Arc::clone(&round);
        // Each asks twice with one key, as a client that lost the answer does.
        clients.spawn(async move {
            let answers = [
                round.ask(&investor, "key", 100).await,
                round.ask(&investor, "key", 100).await,
            ];
            answers
                .into_iter()
                .filter_map(Result::ok)
                .map(|one| one.id)
                .collect::<Vec<_>>()
        });
    }
    let mut sold = clients.join_all().await.concat();
    sold.sort();
    sold.dedup();
    assert_eq!(sold.len(), 10);
    assert_eq!(round.sums().await, (1_000, 1_000, 0));
    assert_eq!(round.all().await.len(), 10);
}

#[tokio::test]
async fn from_the_request_to_the_active_participation() {
    let round = Round::open().await;
    let one = round.approved(1_000).await;
    let investor = round.person(one.investor);
    round.funds(one.id, FundsWord::Captured).await;
    assert_eq!(seal_due(&round.app).await.unwrap(), 0, "it still cools off");
    round.wait(97).await;
    assert_eq!(seal_due(&round.app).await.unwrap(), 1);
    let late = withdraw_participation(&round.app, &investor, "no".to_owned(), one.id).await;
    assert!(late.is_err());
    let mut tx = round.begin().await;
    project_approved(&mut *tx, round.project).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(round.state(one.id).await, ParticipationState::Active);
    let system = round.system();
    let view = round.app.reads.offering(&system, round.project).await;
    let view = view.unwrap().unwrap();
    let hash_length = view.seal_hash.map(|hash| hash.len());
    assert_eq!((view.participants, hash_length), (1, Some(64)));
    let events = [
        "OfferingOpened",
        "ParticipationRequested",
        "ParticipationHeld",
        "ParticipationApproved",
        "OfferingFilled",
        "ParticipationFunding",
        "OfferingSealed",
        "ParticipationActivated",
    ];
    assert_eq!(round.recorded().await, events);
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn an_undecided_request_expires_and_gives_its_room_back() {
    let round = Round::open().await;
    round.held(400).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 0);
    round.wait(73).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 1);
    assert_eq!(expire_due(&round.app).await.unwrap(), 0);
    assert_eq!(round.sums().await, (1_000, 0, 0));
}

#[tokio::test]
async fn the_owners_own_stake_is_taken_when_it_is_held() {
    let round = Round::open().await;
    round.identity(round.owner, true).await;
    let stake = round.ask(&round.owner(), "stake", 300).await.unwrap();
    assert!(stake.owner_stake);
    round.funds(stake.id, FundsWord::Held).await;
    assert_eq!(round.state(stake.id).await, ParticipationState::Approved);
    assert_eq!(round.offering().await.state().stake_minor, 300);
    assert_eq!(round.findings().await, [""; 0]);
}
