//! The story's share of Projects, with its own files, up to the start of execution.

use contracts::money::Money as PbMoney;
use contracts::projects as pb;
use costing::{Costing, Sheet};
use ids::UserId;
use money::Money;
use projects::interfaces::OfParticipation;
use serde_json::Value;

use super::stage::{GOAL, Stage, example, ningbo, outcome, story_terms, usd};

#[tokio::test]
async fn from_the_two_files_to_the_start_of_execution() {
    let mut stage = Stage::set(false).await;
    let golden: Value = serde_json::from_slice(&example("story/settled.golden.json")).unwrap();

    let call = stage.by(&stage.rosa, ningbo("create"));
    let draft = outcome(stage.client.create_project(call).await).unwrap();
    assert_eq!((draft.state.as_str(), draft.terms), ("DRAFT", None));
    let project = draft.project_id;

    let priced = stage.set_terms(&project, story_terms()).await.unwrap();
    assert_eq!(priced.terms, Some(story_terms()));
    let totals = priced.totals.unwrap();
    assert_eq!((totals.goal, totals.cash_need), (usd(GOAL), usd(GOAL)));
    let costing: Value = serde_json::from_str(&priced.costing_json).unwrap();
    let plan = &golden["plan"];
    assert_eq!(
        costing["totals"], plan["totals"],
        "as the independent model"
    );
    assert_eq!(costing["products"], plan["products"]);
    for line in &priced.cost_lines {
        assert_eq!(
            text(line.amount.as_ref()),
            plan["lines"][&line.kind],
            "{}",
            line.kind
        );
    }
    let lamps = priced
        .products
        .iter()
        .find(|one| one.sku == "LP-18")
        .unwrap();
    assert_eq!((lamps.unit_price.as_str(), lamps.quantity), ("3.15", 2_000));

    let refused = stage.publish(&project, "").await;
    assert_eq!(refused, Err("owner_not_verified".to_owned()));
    stage.verify(stage.rosa.id).await;
    assert_eq!(
        stage.publish(&project, "").await.unwrap().state,
        "PUBLISHED"
    );
    let funding = stage.open_funding(&project).await.unwrap();
    assert_eq!(funding.state, "FUNDING");

    // Lucía's goods, and the others' cash, as the story shares them out.
    let mut list = Vec::new();
    for minor in [900_000, 1_800_000, 1_550_000, 750_000, 1_250_000, 1_475_760] {
        let investor = UserId::new();
        let id = stage.request(&project, investor, minor).await;
        stage.take(&project, id, minor).await;
        list.push((id, investor, minor));
    }
    stage.filled(&project, GOAL).await.unwrap();
    assert_eq!(stage.look(&project).await.state, "FULLY_FUNDED");
    stage.escrow(&project, GOAL).await;
    assert_eq!(stage.look(&project).await.state, "READY_FOR_APPROVAL");
    let seal = Stage::seal(&list, &project);
    stage.hear(&OfParticipation, &seal).await.unwrap();
    let patricia = stage.patricia.clone();
    let approved = stage.approve(&patricia, &project).await.unwrap();
    assert_eq!(
        (approved.state.as_str(), approved.sealed),
        ("APPROVED", true)
    );
    assert_eq!(stage.start(&project).await, Err("no_snapshot".to_owned()));
    stage.frozen(&project, 1).await;
    let started = stage.start(&project).await.unwrap();
    assert_eq!(started.state, "IN_EXECUTION");
    assert_eq!(
        (started.snapshot_version, started.funding_outcome.as_str()),
        (1, "REACHED")
    );

    check_events(&stage, &project, &seal.list_hash, &golden).await;
}

/// Each event says everything that its readers need.
async fn check_events(stage: &Stage, project: &str, hash: &str, golden: &Value) {
    let recorded = stage.recorded(project).await;
    let types: Vec<&str> = recorded.iter().map(|event| event.0.as_str()).collect();
    assert_eq!(
        types,
        [
            "ProjectCreated",
            "TermsSet",
            "ProjectPublished",
            "FundingOpened",
            "ProjectFullyFunded",
            "ProjectReadyForApproval",
            "ProjectApproved",
            "ExecutionStarted",
        ]
    );
    let opened: pb::FundingOpened = serde_json::from_value(recorded[3].1.clone()).unwrap();
    assert_eq!(
        (opened.goal, opened.terms),
        (usd(GOAL), Some(story_terms()))
    );
    assert!(!opened.funding_deadline.is_empty());
    let approved: pb::ProjectApproved = serde_json::from_value(recorded[6].1.clone()).unwrap();
    assert_eq!(
        (approved.seal_hash.as_str(), approved.goal),
        (hash, usd(GOAL))
    );
    assert_eq!(approved.approved_by, stage.patricia.id.to_string());
    let costing: Costing = serde_json::from_str(&approved.costing_json).unwrap();
    let sheet: Sheet = serde_json::from_str(&approved.sheet_json).unwrap();
    let same = &costing.to_json().unwrap()["products"];
    assert_eq!(*same, golden["plan"]["products"]);
    assert_eq!(
        costing::compute(&sheet, costing.margin).unwrap(),
        costing,
        "the sheet with the terms' lines gives this costing"
    );
    let started: pb::ExecutionStarted = serde_json::from_value(recorded[7].1.clone()).unwrap();
    let fee = text(started.platform_fee.as_ref());
    assert_eq!(fee, golden["plan"]["lines"]["PLATFORM_FEE"]);
}

/// `1234.56`
fn text(amount: Option<&PbMoney>) -> String {
    let PbMoney { currency, minor } = amount.unwrap();
    let money = Money::try_new(*minor, currency.parse().unwrap());
    money.unwrap().to_string()
}
