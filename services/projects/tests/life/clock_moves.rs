//! What time alone brings about.

use ids::UserId;
use projects::domain::{Flag, FundingOutcome, Liquidation, ProjectState, Seal, SettlementPhase};
use time::OffsetDateTime;

use super::stage::{GOAL, Stage, story_terms};

#[tokio::test]
async fn the_clock_opens_the_funding_and_participation_alone_tells_that_its_deadline_is_missed() {
    let mut stage = Stage::set(false).await;
    let project = stage.draft("draft").await;
    stage.set_terms(&project, story_terms()).await.unwrap();
    stage.verify(stage.rosa.id).await;
    let actor = stage.actor();
    let now = stage.app.reads.business_now(&actor).await.unwrap();
    let opens_at = clock::to_text(now + time::Duration::hours(2));
    let published = stage.publish(&project, &opens_at).await.unwrap();
    assert!(!published.funding_opens_at.is_empty());
    assert_eq!(stage.sweep().await, 0);
    stage.wait(3).await;
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(stage.look(&project).await.state, "FUNDING");

    // However late it gets, and whoever is undecided: that is for Participation to say.
    stage.request(&project, UserId::new(), GOAL).await;
    stage.wait(60 * 24).await;
    assert_eq!(stage.sweep().await, 0);
    let of = projects::interfaces::OfParticipation;
    let event = contracts::participation::OfferingDeadlineMissed {
        project_id: project.clone(),
    };
    stage.hear(&of, &event).await.unwrap();
    let before = stage.recorded(&project).await.len();
    stage.hear(&of, &event).await.unwrap();
    assert_eq!(stage.recorded(&project).await.len(), before, "told twice");
    assert!(stage.look(&project).await.refunds.is_none());
    let closed = contracts::participation::OfferingClosed {
        project_id: project.clone(),
        reason: "DEADLINE_MISSED".to_owned(),
        refunds: 0,
    };
    stage.hear(&of, &closed).await.unwrap();
    assert_eq!(stage.look(&project).await.refunds.unwrap().expected, 0);
    let missed = stage.look(&project).await;
    assert_eq!(
        (missed.state.as_str(), missed.cancel_reason.as_str()),
        ("CANCELLED", "DEADLINE_MISSED")
    );
    assert_eq!(missed.funding_outcome, "DEADLINE_MISSED");
    let last = stage.recorded(&project).await.pop().unwrap();
    assert_eq!(last.1["cancelledBy"], "service:projects");
}

#[tokio::test]
async fn a_project_that_is_not_approved_or_not_started_in_time_is_cancelled() {
    let mut stage = Stage::set(false).await;
    for (is_approved, reason) in [(false, "APPROVAL_LATE"), (true, "START_LATE")] {
        let project = stage.ready().await;
        if is_approved {
            let patricia = stage.patricia.clone();
            stage.approve(&patricia, &project).await.unwrap();
        }
        stage.wait(30 * 24 - 1).await;
        assert_eq!(stage.sweep().await, 0);
        stage.wait(2).await;
        assert_eq!(stage.sweep().await, 1);
        assert_eq!(stage.look(&project).await.cancel_reason, reason);
    }
}

#[tokio::test]
async fn a_project_reads_back_as_it_was_stored() {
    let mut stage = Stage::set(false).await;
    let id = stage.funding().await.parse().unwrap();
    let actor = stage.actor();
    let mut tx = stage.app.store.begin(&actor).await.unwrap();
    let mut project = tx.project_for_update(id).await.unwrap().unwrap();
    let at = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
    project.state = ProjectState::Cancelled;
    project.funding_outcome = FundingOutcome::DeadlineMissed;
    project.flag = Flag::Suspended;
    project.flag_reason = Some("a reason".to_owned());
    project.refunds_expected = Some(7);
    project.key_information_wanted = 3;
    project.settlement_phase = SettlementPhase::Adjusted;
    project.liquidation = Liquidation::Closed;
    project.cancel_reason = Some("why".to_owned());
    project.published_at = Some(at(1));
    project.funding_opens_at = Some(at(2));
    project.funding_deadline = Some(at(3));
    project.due_at = Some(at(4));
    project.escrow = project.goal.unwrap();
    project.seal = Some(Seal {
        total: project.goal.unwrap(),
        list_hash: "a".repeat(64),
    });
    project.snapshot_version = 5;
    project.open_disbursements = 6;
    project.completion_declared = true;
    tx.save(&project, &[]).await.unwrap();
    assert_eq!(tx.project_for_update(id).await.unwrap().unwrap(), project);
    tx.commit().await.unwrap();
    let view = stage.app.reads.project(&actor, id).await.unwrap().unwrap();
    assert_eq!(view.project, project);
}
