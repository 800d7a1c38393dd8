//! Allotments that nobody collects in time are sold for their holders.

use super::goods_stage::Share;
use super::stage::{GOAL, Stage};

const COUNT: [(&str, i64); 5] = [
    ("AF-50", 600),
    ("BS-10", 0),
    ("TB-35", 0),
    ("DS-16", 0),
    ("LP-18", 0),
];

#[tokio::test]
async fn what_is_not_collected_in_time_can_be_sold_and_must_be_accounted_for() {
    let mut stage = Stage::set(false).await;
    let half = GOAL / 2;
    let shares = [true, true].map(|goods| Share { goods, minor: half });
    let (project, holders) = stage.executed(&shares).await;
    stage.receive(&project, &COUNT, "").await.unwrap();
    let [one, other] = [&holders[0], &holders[1]];
    stage
        .hand_over(&one.person, &project, one.participation)
        .await
        .unwrap();
    let all = stage.sell(&project, &[("AF-50", 1, 100)]).await;
    assert_eq!(all, Err("not_enough_units".to_owned()));

    // The terms give fifteen days.
    stage.wait(15 * 24 - 1).await;
    assert_eq!(stage.sweep().await, 0);
    stage.wait(2).await;
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(stage.sweep().await, 0, "once");
    let (ty, event) = stage.recorded(&project).await.pop().unwrap();
    assert_eq!(ty, "AllotmentLapsed");
    assert_eq!(event["participationId"], other.participation.to_string());
    assert_eq!(event["investorId"], other.person.id.to_string());
    assert_eq!(
        event["units"],
        serde_json::json!([{ "sku": "AF-50", "units": "300" }])
    );
    let late = stage
        .hand_over(&other.person, &project, other.participation)
        .await;
    assert_eq!(late, Err("allotment_lapsed".to_owned()));
    let shown = stage.shown_to(&other.person, &project).await;
    let mut lapsed = shown.allotments.iter();
    assert!(lapsed.all(|one| one.lapsed && !one.handed_over));

    let open = stage.declare(&project).await.unwrap_err();
    assert_eq!(super::stage::refusal(&open).code, "still_open");
    let sale = stage
        .sell(&project, &[("AF-50", 300, 9_000)])
        .await
        .unwrap();
    stage.matched(&project, &sale).await;
    stage.declare(&project).await.unwrap();
    assert_eq!(stage.findings().await, [""; 0]);
}

#[tokio::test]
async fn in_a_liquidation_goods_go_on_to_be_handed_over_sold_and_lapsed() {
    let mut stage = Stage::set(false).await;
    let half = GOAL / 2;
    let shares = [true, true].map(|goods| Share { goods, minor: half });
    let (project, holders) = stage.executed(&shares).await;
    stage.receive(&project, &COUNT, "").await.unwrap();
    let patricia = stage.patricia.clone();
    let open = stage.cancel(&patricia, &project, "the owner is gone").await;
    assert_eq!(open.unwrap().liquidation, "OPEN");
    let one = &holders[0];
    stage
        .hand_over(&one.person, &project, one.participation)
        .await
        .unwrap();
    stage.wait(15 * 24 + 1).await;
    assert_eq!(stage.sweep().await, 1);
    stage
        .sell(&project, &[("AF-50", 100, 9_000)])
        .await
        .unwrap();
    let wet = stage
        .write_off(&project, ("AF-50", 200), "wet")
        .await
        .unwrap();
    stage.agree(&patricia, &project, &wet).await.unwrap();
    stage.run_posted(&project, "LIQUIDATION").await.unwrap();
    let over = stage.sell(&project, &[("AF-50", 1, 100)]).await;
    assert_eq!(over, Err("not_in_execution".to_owned()));
    assert_eq!(stage.findings().await, [""; 0]);
}
