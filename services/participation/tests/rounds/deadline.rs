//! The ends of a round: its deadline, a material change, a cancellation, a liquidation.

use ids::EventId;
use participation::application::decide_participations::Verdict;
use participation::application::react_to_accounting::{FundsWord, liquidation_posted};
use participation::application::react_to_projects::{
    material_change, project_approved, project_cancelled,
};
use participation::application::renew_participation::renew_participation;
use participation::application::sweep::{expire_due, seal_due};
use participation::application::withdraw_participation::withdraw_participation;
use participation::domain::{CancelledFrom, OfferingStatus, ParticipationState as S, Renewal};
use time::Duration;

use crate::house::{Round, denied, refused};

async fn cancel(round: &Round, from: CancelledFrom) {
    let mut tx = round.begin().await;
    project_cancelled(&mut *tx, round.project, from, "DEADLINE_MISSED")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// What all events of a type say in this field; a number that is not there is zero.
async fn told(round: &Round, ty: &str, field: &str) -> Vec<String> {
    let mut superuser = round.database.superuser_connection().await;
    sqlx::query_scalar::<_, String>(
        "SELECT coalesce(body::jsonb -> 'data' ->> $2, '0') FROM journal
         WHERE type = 'fondeo.participation.v1.' || $1 ORDER BY event_id",
    )
    .bind(ty)
    .bind(field)
    .fetch_all(&mut superuser)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_missed_deadline_waits_for_open_decisions_and_every_refund_is_told_once() {
    let round = Round::open().await;
    let taken = round.approved(400).await;
    round.funds(taken.id, FundsWord::Captured).await;
    round.wait(24 * 30 - 10).await;
    let open = round.held(500).await;
    let waits = round.waits(300, false).await;
    round.wait(11).await;
    let late = round.investor().await;
    assert_eq!(
        refused(round.ask(&late, "late", 100).await),
        "deadline_passed"
    );
    assert_eq!(expire_due(&round.app).await.unwrap(), 1, "the waiting list");
    assert_eq!(round.state(waits.id).await, S::Expired);
    assert_eq!(round.offering().await.state().status, OfferingStatus::Open);
    round.decide(open.id, Verdict::Approve).await.unwrap();
    assert_eq!(expire_due(&round.app).await.unwrap(), 1, "the round");
    assert_eq!(
        round.offering().await.state().status,
        OfferingStatus::Closed
    );
    assert_eq!(told(&round, "OfferingDeadlineMissed", "").await.len(), 1);

    cancel(&round, CancelledFrom::BeforeExecution).await;
    let refunded = told(&round, "ParticipationRefunded", "participationId").await;
    assert_eq!(refunded, [taken.id, open.id].map(|id| id.to_string()));
    assert_eq!(told(&round, "OfferingClosed", "refunds").await, ["2"]);
    assert_eq!(round.recorded().await.last().unwrap(), "OfferingClosed");
    assert_eq!(round.sums().await, (1_000, 0, 0));
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_full_round_passes_its_deadline_and_a_withdrawal_after_it_leaves_a_gap_to_the_owner() {
    let round = Round::open().await;
    round.identity(round.owner, true).await;
    let early = round.approved(600).await;
    round.wait(24 * 30 - 10).await;
    let last = round.approved(400).await;
    round.wait(20).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 0, "it is full");
    let investor = round.person(last.investor);
    withdraw_participation(&round.app, &investor, "out".to_owned(), last.id)
        .await
        .unwrap();
    assert_eq!(expire_due(&round.app).await.unwrap(), 0, "the gap is open");
    let other = round.investor().await;
    assert_eq!(
        refused(round.ask(&other, "gap", 400).await),
        "deadline_passed"
    );
    let stake = round.ask(&round.owner(), "gap", 400).await.unwrap();
    round.funds(stake.id, FundsWord::Held).await;
    assert_eq!(round.offering().await.state().status, OfferingStatus::Full);

    for one in [&early, &stake] {
        round.funds(one.id, FundsWord::Captured).await;
    }
    round.wait(97).await;
    assert_eq!(seal_due(&round.app).await.unwrap(), 1);
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_gap_that_nobody_fills_ends_the_round() {
    let round = Round::open().await;
    round.wait(24 * 30 - 10).await;
    let last = round.approved(1_000).await;
    round.wait(20).await;
    let investor = round.person(last.investor);
    withdraw_participation(&round.app, &investor, "out".to_owned(), last.id)
        .await
        .unwrap();
    round.wait(71).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 0);
    round.wait(2).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 1);
    assert_eq!(told(&round, "OfferingDeadlineMissed", "").await.len(), 1);
}

#[tokio::test]
async fn after_a_material_change_who_does_not_renew_is_out_and_nothing_is_sealed_before() {
    let round = Round::open().await;
    let (goes_on, leaves) = (round.approved(600).await, round.approved(400).await);
    for one in [&goes_on, &leaves] {
        round.funds(one.id, FundsWord::Captured).await;
    }
    let waits = round.waits(400, false).await;
    round.wait(97).await;
    let notice = EventId::new();
    let mut tx = round.begin().await;
    let renewal = Renewal {
        notice,
        renew_by: tx.now() + Duration::hours(48),
    };
    material_change(&mut *tx, round.project, renewal)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seal_due(&round.app).await.unwrap(), 0);
    let renew = async |one: &participation::domain::Participation, key: &str| {
        let investor = round.person(one.investor);
        renew_participation(&round.app, &investor, key.to_owned(), one.id, notice).await
    };
    renew(&goes_on, "on").await.unwrap();
    renew(&goes_on, "on").await.unwrap();
    assert_eq!(denied(renew(&goes_on, "again").await), "no_renewal_due");
    renew(&waits, "on").await.unwrap();
    round.wait(49).await;
    assert_eq!(denied(renew(&leaves, "late").await), "renewal_over");
    assert_eq!(expire_due(&round.app).await.unwrap(), 1);
    let out = round.one(leaves.id).await;
    assert_eq!(
        (out.state, out.reason.as_deref()),
        (S::Withdrawn, Some("MATERIAL_CHANGE"))
    );
    assert_eq!(round.state(waits.id).await, S::Requested, "promoted");
    assert_eq!(
        told(&round, "ParticipationRenewed", "noticeId").await.len(),
        2
    );
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn in_execution_everybody_stays_until_the_liquidation_is_posted() {
    let round = Round::open().await;
    let one = round.approved(1_000).await;
    round.funds(one.id, FundsWord::Captured).await;
    round.wait(97).await;
    assert_eq!(seal_due(&round.app).await.unwrap(), 1);
    let mut tx = round.begin().await;
    project_approved(&mut *tx, round.project).await.unwrap();
    tx.commit().await.unwrap();
    cancel(&round, CancelledFrom::Execution).await;
    assert_eq!(round.state(one.id).await, S::Active);
    assert_eq!(told(&round, "OfferingClosed", "refunds").await, ["0"]);
    let mut tx = round.begin().await;
    liquidation_posted(&mut *tx, round.project).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(round.state(one.id).await, S::Liquidated);
    let told = told(&round, "ParticipationLiquidated", "participationId").await;
    assert_eq!(told, [one.id.to_string()]);
    assert_eq!(round.findings().await, [""; 0]);
}
