//! Events that come in another order than they happened in, and what contradicts.

use contracts::accounting as acc;
use ids::UserId;
use journal::ApplyError;
use projects::interfaces::{OfAccounting, OfParticipation};

use super::stage::{GOAL, Stage, usd};

#[tokio::test]
async fn the_escrow_and_the_list_may_be_complete_in_any_order() {
    let mut stage = Stage::set(false).await;
    let project = stage.funding().await;
    let investor = UserId::new();
    let id = stage.request(&project, investor, GOAL).await;
    stage.take(&project, id, GOAL).await;

    // Accounting's word is here before Participation's.
    stage.escrow(&project, GOAL).await;
    assert_eq!(stage.look(&project).await.state, "FUNDING");
    stage.filled(&project, GOAL).await.unwrap();
    assert_eq!(stage.look(&project).await.state, "READY_FOR_APPROVAL");

    // Somebody withdraws in the cooling-off time; another one fills the gap, and is sealed in
    // before the escrow is known to be complete.
    stage.reopened(&project, 0).await.unwrap();
    let gap = stage.look(&project).await;
    assert_eq!(
        (gap.state.as_str(), gap.funding_outcome.as_str()),
        ("FUNDING", "OPEN")
    );
    stage.escrow(&project, 0).await;
    stage.filled(&project, GOAL).await.unwrap();
    let seal = Stage::seal(&[(id, investor, GOAL)], &project);
    stage.hear(&OfParticipation, &seal).await.unwrap();
    assert_eq!(stage.look(&project).await.state, "FULLY_FUNDED");
    stage.escrow(&project, GOAL).await;
    assert_eq!(stage.look(&project).await.state, "READY_FOR_APPROVAL");
    assert_eq!(
        stage.recorded_types(&project).await[4..],
        [
            "ProjectFullyFunded",
            "ProjectReadyForApproval",
            "FundingReopened",
            "ProjectFullyFunded",
            "ProjectReadyForApproval",
        ]
    );

    // A sealed list does not reopen.
    let contradiction = stage.reopened(&project, 0).await;
    assert!(matches!(contradiction, Err(ApplyError::Contradiction(_))));
}

#[tokio::test]
async fn a_list_that_is_not_what_its_hash_says_is_not_taken() {
    let mut stage = Stage::set(false).await;
    let project = stage.funding().await;
    let investor = UserId::new();
    let id = stage.request(&project, investor, GOAL).await;
    stage.take(&project, id, GOAL).await;
    stage.filled(&project, GOAL).await.unwrap();
    let good = Stage::seal(&[(id, investor, GOAL)], &project);
    let mut another = good.clone();
    another.participations[0].investor_id = UserId::new().to_string();
    let mut total = good.clone();
    total.total = usd(GOAL - 1);
    for broken in [another, total] {
        let refused = stage.hear(&OfParticipation, &broken).await;
        assert!(matches!(refused, Err(ApplyError::Contradiction(_))));
        assert!(!stage.look(&project).await.sealed);
    }
    stage.hear(&OfParticipation, &good).await.unwrap();
    assert!(stage.look(&project).await.sealed);
}

#[tokio::test]
async fn what_comes_after_a_cancellation_changes_nothing() {
    let mut stage = Stage::set(false).await;
    let project = stage.funding().await;
    let rosa = stage.rosa.clone();
    let id = stage.request(&project, UserId::new(), GOAL).await;
    stage
        .cancel(&rosa, &project, "the supplier is gone")
        .await
        .unwrap();
    stage.take(&project, id, GOAL).await;
    stage.filled(&project, GOAL).await.unwrap();
    stage.escrow(&project, GOAL).await;
    stage.reopened(&project, 0).await.unwrap();
    let cancelled = stage.look(&project).await;
    assert_eq!(cancelled.state, "CANCELLED");
    assert_eq!(cancelled.cancel_reason, "the supplier is gone");
    let last = stage.recorded(&project).await.pop().unwrap();
    assert_eq!(
        (last.0.as_str(), &last.1["fromState"]),
        ("ProjectCancelled", &"FUNDING".into())
    );
}

#[tokio::test]
async fn accounting_counts_disbursements_and_its_final_run_ends_a_liquidation() {
    let mut stage = Stage::set(false).await;
    let project = stage.ready().await;
    let patricia = stage.patricia.clone();
    stage.approve(&patricia, &project).await.unwrap();
    stage.frozen(&project, 1).await;
    stage.start(&project).await.unwrap();

    let requested = acc::DisbursementRequested {
        project_id: project.clone(),
        amount: usd(100),
        ..acc::DisbursementRequested::default()
    };
    let paid = acc::DisbursementPaid {
        project_id: project.clone(),
        amount: usd(100),
        ..acc::DisbursementPaid::default()
    };
    stage.hear(&OfAccounting, &requested).await.unwrap();
    stage.hear(&OfAccounting, &requested).await.unwrap();
    stage.hear(&OfAccounting, &paid).await.unwrap();
    assert_eq!(stage.look(&project).await.open_disbursements, 1);

    let rosa = stage.rosa.clone();
    let refused = stage.cancel(&rosa, &project, "no").await;
    assert_eq!(refused, Err("not_yours_to_cancel".to_owned()));
    let cancelled = stage
        .cancel(&patricia, &project, "the goods sank")
        .await
        .unwrap();
    assert_eq!(cancelled.liquidation, "OPEN");
    stage.run_posted(&project, "LIQUIDATION").await.unwrap();
    let closed = stage.look(&project).await;
    assert_eq!(
        (closed.state.as_str(), closed.liquidation.as_str()),
        ("CANCELLED", "CLOSED")
    );
    assert_eq!(closed.settlement_phase, "FINAL");
    assert_eq!(
        stage.recorded_types(&project).await[8..],
        [
            "ProjectCancelled",
            "LiquidationClosed",
            "SettlementPhaseChanged"
        ]
    );
    let again = stage.run_posted(&project, "LIQUIDATION").await;
    assert!(matches!(again, Err(ApplyError::Contradiction(_))));
    assert_eq!(stage.findings().await, [""; 0]);
}
