//! Limits, consents, identity, and the pause of who asks without funds.

use authz::{Actor, Subject};
use ids::UserId;
use participation::application::ports::{Identity, InvestorLimits};
use participation::application::react_to_accounting::FundsWord;
use participation::application::react_to_users::{
    consent_given, investor_checked, limits_set, text_issued,
};
use participation::application::request_participation::request_participation;
use time::Duration;

use crate::house::{Round, refused, usd};

fn user(actor: &Actor) -> UserId {
    match actor.subject {
        Subject::User(user) => user,
        Subject::Service(_) | Subject::Anonymous => panic!("a person expected"),
    }
}

async fn limit(round: &Round, investor: &Actor, per_project: i64, per_12_months: i64) {
    let mut tx = round.begin().await;
    let limits = InvestorLimits {
        investor: user(investor),
        per_project: Some(usd(per_project)),
        per_12_months: Some(usd(per_12_months)),
    };
    limits_set(&mut *tx, limits).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn limits_count_the_project_and_twelve_months_over_all_projects() {
    let round = Round::open().await;
    let other = round.beside(|_terms| {}).await;
    let investor = round.investor().await;
    limit(&round, &investor, 500, 700).await;
    assert_eq!(
        refused(round.ask(&investor, "a", 501).await),
        "above_project_limit"
    );
    let one = round.ask(&investor, "b", 500).await.unwrap();
    assert_eq!(
        refused(other.ask(&investor, "c", 201).await),
        "above_yearly_limit"
    );
    let two = other.ask(&investor, "d", 200).await.unwrap();
    round.funds(one.id, FundsWord::Refused).await;
    other.funds(two.id, FundsWord::Held).await;
    other.ask(&investor, "e", 300).await.unwrap();
    assert_eq!(round.findings().await, [""; 0]);
    // A year later what was asked for then does not count any more.
    other.wait(24 * 366).await;
    let later = other
        .beside(|terms| terms.deadline += Duration::days(800))
        .await;
    later.ask(&investor, "f", 500).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_investor_at_two_doors_at_once_gets_no_more_than_the_limit() {
    let first = Round::open().await;
    let second = first.beside(|_terms| {}).await;
    for _ in 0..8 {
        let investor = first.investor().await;
        limit(&first, &investor, 100, 100).await;
        let (one, two) = (
            first.signed(&investor, 100).await,
            second.signed(&investor, 100).await,
        );
        let (one, two) = tokio::join!(
            request_participation(&first.app, &investor, "one".to_owned(), one),
            request_participation(&first.other, &investor, "two".to_owned(), two),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    }
    assert_eq!(first.findings().await, [""; 0]);
}

#[tokio::test]
async fn the_texts_in_force_are_agreed_to_first_and_anew_when_they_change() {
    let round = Round::open().await;
    let investor = round.investor().await;
    let issue = async |consent, version| {
        let mut tx = round.begin().await;
        text_issued(&mut *tx, consent, version).await.unwrap();
        tx.commit().await.unwrap();
    };
    let agree = async |consent, version| {
        let mut tx = round.begin().await;
        consent_given(&mut *tx, user(&investor), consent, version)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    issue("RISK_WARNING", 1).await;
    issue("PLATFORM_TERMS", 1).await;
    issue("PRIVACY", 1).await;
    assert_eq!(
        refused(round.ask(&investor, "a", 100).await),
        "consent_needed"
    );
    agree("RISK_WARNING", 1).await;
    assert_eq!(
        refused(round.ask(&investor, "a", 100).await),
        "consent_needed"
    );
    agree("PLATFORM_TERMS", 1).await;
    let one = round.ask(&investor, "a", 100).await.unwrap();
    round.funds(one.id, FundsWord::Held).await;
    issue("RISK_WARNING", 2).await;
    assert_eq!(
        refused(round.ask(&investor, "b", 100).await),
        "consent_needed"
    );
}

#[tokio::test]
async fn an_identity_expires_by_business_time_whether_or_not_its_event_came() {
    let round = Round::open().await;
    let investor = round.investor().await;
    let mut tx = round.begin().await;
    let identity = Identity {
        investor: user(&investor),
        verified: true,
        valid_until: Some(tx.now() + Duration::hours(10)),
    };
    investor_checked(&mut *tx, identity).await.unwrap();
    tx.commit().await.unwrap();
    let one = round.ask(&investor, "a", 100).await.unwrap();
    round.funds(one.id, FundsWord::Held).await;
    round.wait(11).await;
    assert_eq!(
        refused(round.ask(&investor, "b", 100).await),
        "kyc_not_verified"
    );
}

#[tokio::test]
async fn who_asks_three_times_without_funds_in_a_day_pauses() {
    let round = Round::open().await;
    let investor = round.investor().await;
    for key in ["a", "b", "c"] {
        let one = round.ask(&investor, key, 100).await.unwrap();
        assert_eq!(
            refused(round.ask(&investor, "x", 100).await),
            "unfunded_request"
        );
        round.funds(one.id, FundsWord::Refused).await;
    }
    assert_eq!(
        refused(round.ask(&investor, "d", 100).await),
        "paused_after_refusals"
    );
    round.wait(25).await;
    round.ask(&investor, "d", 100).await.unwrap();
}
