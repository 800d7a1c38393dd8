//! The key information sheet of a shown project, and what became of an owner's projects.

use authz::Role;
use contracts::accounting as acc;
use contracts::projects as pb;
use ids::RunId;
use projects::application::key_information::issue_key_information;
use projects::interfaces::OfAccounting;

use super::goods_stage::Share;
use super::stage::{GOAL, Stage, usd};

async fn sheet(stage: &mut Stage, project: &str, version: i64) -> Option<pb::KeyInformation> {
    let call = stage.anonymous(pb::KeyInformationRequest {
        project_id: project.to_owned(),
        version,
    });
    let reply = stage.client.key_information(call).await.unwrap();
    reply.into_inner().key_information
}

#[tokio::test]
async fn a_sheet_is_issued_when_a_project_is_shown_and_after_each_change() {
    let mut stage = Stage::set(false).await;
    let draft = stage.draft("draft").await;
    assert_eq!(issue_key_information(&stage.app).await.unwrap(), 0);
    assert_eq!(sheet(&mut stage, &draft, 0).await, None);

    let project = stage.funding().await;
    let app = stage.app.clone();
    let (one, other) = tokio::join!(issue_key_information(&app), issue_key_information(&app));
    assert_eq!(
        one.unwrap() + other.unwrap(),
        1,
        "two at once issue one version"
    );
    let first = sheet(&mut stage, &project, 0).await.unwrap();
    assert_eq!((first.version, first.documents.len()), (1, 2));
    stage.notify(&project, 120).await.unwrap();
    assert_eq!(issue_key_information(&app).await.unwrap(), 1);
    assert_eq!(issue_key_information(&app).await.unwrap(), 0);
    let second = sheet(&mut stage, &project, 0).await.unwrap();
    assert_eq!(second.version, 2);
    assert_ne!(second.documents[0].sha256, first.documents[0].sha256);
    let again = sheet(&mut stage, &project, 1).await.unwrap();
    assert_eq!(again.documents[0].sha256, first.documents[0].sha256);
    let (ty, event) = stage.recorded(&project).await.pop().unwrap();
    assert_eq!(ty, "KeyInformationIssued");
    let spanish = second.documents.iter().find(|one| one.language == "es");
    assert_eq!(event["sha256"], spanish.unwrap().sha256);
    assert_eq!(stage.objects.kept("projects"), 4);
    assert_eq!(stage.findings().await, [""; 0]);
}

#[tokio::test]
async fn an_owner_s_record_says_what_was_raised_paid_and_planned() {
    let mut stage = Stage::set(false).await;
    let whole = Share {
        goods: false,
        minor: GOAL,
    };
    let (project, holders) = stage.executed(&[whole]).await;
    let none = ["AF-50", "BS-10", "TB-35", "DS-16", "LP-18"].map(|sku| (sku, 0));
    stage.receive(&project, &none, "").await.unwrap();
    let patricia = stage.patricia.clone();
    for flag in [("LATE", "the ship"), ("NONE", "it came")] {
        stage.flag(&patricia, &project, flag).await.unwrap();
    }
    stage.declare(&project).await.unwrap();
    stage.confirm(&patricia, &project).await.unwrap();
    let run = acc::RunPosted {
        run_id: RunId::new().to_string(),
        project_id: project.clone(),
        kind: "FINAL".to_owned(),
        distributions: vec![acc::Distribution {
            participation_id: holders[0].participation.to_string(),
            investor_id: holders[0].person.id.to_string(),
            net: usd(GOAL - 100),
        }],
        ..acc::RunPosted::default()
    };
    stage.hear(&OfAccounting, &run).await.unwrap();
    stage.funding().await;
    stage.draft("draft").await;

    let stranger = stage.somebody(&[Role::Investor]);
    let call = stage.by(
        &stranger,
        pb::TrackRecordRequest {
            owner_id: stage.rosa.id.to_string(),
        },
    );
    let reply = stage.client.track_record(call).await.unwrap().into_inner();
    let record = reply.track_record.unwrap();
    let states: Vec<_> = record
        .states
        .iter()
        .map(|one| (one.state.as_str(), one.count))
        .collect();
    assert_eq!(states, [("FUNDING", 1), ("SETTLED", 1)]);
    assert_eq!((record.late, record.disputed), (1, 0));
    let money = &record.money[0];
    assert_eq!((&money.raised, money.settled), (&usd(GOAL), 1));
    assert_eq!(
        (&money.invested, &money.paid),
        (&usd(GOAL), &usd(GOAL - 100))
    );
    let shown = stage.look(&project).await;
    let planned = shown.totals.unwrap().projected_return.unwrap().minor;
    // The story's terms give investors 80 % of the profit.
    let projected = money.projected.as_ref().unwrap().minor;
    assert!((projected - GOAL - planned * 8 / 10).abs() <= 1);
}
