//! Two sales at once never sell one unit twice.

use std::collections::BTreeMap;

use super::goods_stage::Share;
use super::stage::{GOAL, Stage, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_at_once_for_the_last_three_units_sell_exactly_three() {
    let mut stage = Stage::set(false).await;
    let cash = Share {
        goods: false,
        minor: GOAL,
    };
    let (project, _) = stage.executed(&[cash]).await;
    let skus = ["AF-50", "BS-10", "TB-35", "DS-16", "LP-18"];
    let count = skus.map(|sku| (sku, if sku == "AF-50" { 3 } else { 0 }));
    stage.receive(&project, &count, "").await.unwrap();

    let mut sellers = tokio::task::JoinSet::new();
    for seller in 0..16 {
        let request = Stage::sale(&project, &format!("sale {seller}"), &[("AF-50", 1, 100)]);
        let (mut client, call) = (stage.client.clone(), stage.by(&stage.rosa, request));
        sellers.spawn(async move { client.report_sale(call).await });
    }
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for answer in sellers.join_all().await {
        let answer = match answer {
            Ok(_) => "sold".to_owned(),
            Err(status) => refusal(&status).code,
        };
        *answers.entry(answer).or_default() += 1;
    }
    let expected = [("not_enough_units".to_owned(), 13), ("sold".to_owned(), 3)];
    assert_eq!(answers, expected.into());
    assert_eq!(stage.look(&project).await.sales.len(), 3);
    assert_eq!(stage.findings().await, [""; 0]);
}
