//! The story's share of execution, step by step from its file, against the figures of the
//! independent model.

use std::collections::HashMap;

use contracts::projects as pb;
use money::Money;
use serde_json::Value;

use super::goods_stage::{Holder, Share};
use super::stage::{Stage, example, refusal, usd};

fn minor(value: &Value) -> i64 {
    let money = Money::parse(value.as_str().unwrap(), "USD".parse().unwrap());
    money.unwrap().minor()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

struct Play {
    stage: Stage,
    project: String,
    holders: HashMap<String, Holder>,
    claims: Vec<String>,
}

impl Play {
    async fn begin(golden: &Value) -> Self {
        let mut stage = Stage::set(false).await;
        let sealed = list(&golden["snapshot"], "participations");
        let shares = sealed.iter().map(|one| Share {
            goods: one["type"] == "PRODUCTS",
            minor: minor(&one["amount"]),
        });
        let shares: Vec<_> = shares.collect();
        let (project, holders) = stage.executed(&shares).await;
        let names = sealed.iter().map(|one| text(&one["request"]).to_owned());
        Self {
            stage,
            project,
            holders: names.zip(holders).collect(),
            claims: Vec::new(),
        }
    }

    /// What the story does with goods; all else is another service's.
    async fn step(&mut self, step: &Value) {
        let (stage, project) = (&mut self.stage, self.project.as_str());
        let goods = || (text(&step["sku"]), step["units"].as_i64().unwrap());
        match text(&step["do"]) {
            "receive" => {
                let counted = step["counted"].as_object().unwrap().iter();
                let counted = counted.map(|(sku, units)| (sku.as_str(), units.as_i64().unwrap()));
                let counted: Vec<_> = counted.collect();
                let note = text(&step["note"]);
                let shown = stage.receive(project, &counted, note).await.unwrap();
                assert_eq!(shown.goods_received_note, note);
                assert!(!shown.goods_received_at.is_empty());
            }
            "hand_over" => {
                let holder = &self.holders[text(&step["request"])];
                let id = holder.participation;
                let shown = stage.hand_over(&holder.person, project, id).await.unwrap();
                assert_eq!(shown.allotments.len(), 1, "one's own only");
                assert!(shown.allotments[0].handed_over);
            }
            "sell" => {
                let lines = list(step, "lines").iter().map(|line| {
                    let units = line["units"].as_i64().unwrap();
                    (text(&line["sku"]), units, minor(&line["net"]))
                });
                let lines: Vec<_> = lines.collect();
                let sale = stage.sell(project, &lines).await.unwrap();
                self.claims.push(sale);
            }
            "write_off" => {
                let reason = text(&step["reason"]);
                let closure = stage.write_off(project, goods(), reason).await.unwrap();
                let patricia = stage.patricia.clone();
                stage.agree(&patricia, project, &closure).await.unwrap();
            }
            "buy_back" => {
                let closure = stage.buy_back(project, goods()).await.unwrap();
                let patricia = stage.patricia.clone();
                stage.agree(&patricia, project, &closure).await.unwrap();
                self.claims.push(closure);
            }
            _ => {}
        }
    }

    /// Declared and confirmed, once every receipt is there.
    async fn complete(&mut self) {
        let (stage, project) = (&mut self.stage, self.project.as_str());
        let refused = stage.declare(project).await.unwrap_err();
        let mut args = refusal(&refused).args;
        args.sort();
        let expected = [
            ("disbursements".to_owned(), "0".to_owned()),
            ("stock".to_owned(), String::new()),
            ("unmatched".to_owned(), self.claims.join(", ")),
        ];
        assert_eq!(args, expected, "only the receipts are missing");
        for claim in &self.claims {
            stage.matched(project, claim).await;
        }
        let declared = stage.declare(project).await.unwrap();
        assert!(declared.completion_declared);
        assert_eq!(declared.state, "IN_EXECUTION");
        let patricia = stage.patricia.clone();
        let completed = stage.confirm(&patricia, project).await.unwrap();
        assert_eq!(completed.state, "COMPLETED");
    }
}

#[tokio::test]
async fn from_the_count_to_completion_every_unit_is_where_the_model_says() {
    let story: Value = serde_json::from_slice(&example("story/settled.json")).unwrap();
    let golden: Value = serde_json::from_slice(&example("story/settled.golden.json")).unwrap();
    let mut play = Play::begin(&golden).await;
    for step in list(&story, "steps") {
        play.step(step).await;
    }
    play.complete().await;

    let shown = play.stage.look(&play.project).await;
    for expected in list(&golden, "goods") {
        check_product(&shown, expected, &play.holders);
    }
    assert_eq!(shown.sales.len(), 3);
    assert!(shown.sales.iter().all(|sale| sale.matched));
    let prices = shown.stock_closures.iter().map(|one| one.price.clone());
    assert_eq!(prices.collect::<Vec<_>>(), [None, usd(16_714)]);
    assert_eq!(play.stage.findings().await, [""; 0]);
    check_events(&play, &shown).await;
}

fn check_product(shown: &pb::Project, expected: &Value, holders: &HashMap<String, Holder>) {
    let sku = text(&expected["sku"]);
    let product = shown.products.iter().find(|one| one.sku == sku).unwrap();
    let number = |name: &str| expected[name].as_i64().unwrap();
    let allotted = expected["allotted"].as_object().unwrap();
    for (name, units) in allotted {
        let id = holders[name].participation.to_string();
        let mut allotments = shown.allotments.iter();
        let allotment = allotments.find(|one| one.participation_id == id).unwrap();
        let own = allotment.units.iter().find(|one| one.sku == sku);
        assert_eq!(own.unwrap().units, units.as_i64().unwrap(), "{name} {sku}");
    }
    let in_all: i64 = allotted.values().filter_map(Value::as_i64).sum();
    let counters = [
        product.received,
        product.allotted,
        product.handed_over,
        product.sold,
        product.written_off,
        product.bought_back,
    ];
    let modelled = [
        number("received"),
        in_all,
        in_all,
        number("sold"),
        number("written_off"),
        number("bought_back"),
    ];
    assert_eq!(counters, modelled, "{sku}");
    let lines = shown.sales.iter().flat_map(|sale| &sale.lines);
    let nets = lines
        .filter(|line| line.sku == sku)
        .map(|line| line.net.clone());
    let net: i64 = nets.map(|net| net.unwrap().minor).sum();
    assert_eq!(net, minor(&expected["net_sales"]), "{sku}");
}

async fn check_events(play: &Play, shown: &pb::Project) {
    let recorded = play.stage.recorded(&play.project).await;
    let types: Vec<&str> = recorded.iter().map(|event| event.0.as_str()).collect();
    assert_eq!(
        types[8..],
        [
            "GoodsReceived",
            "GoodsHandedOver",
            "GoodsHandedOver",
            "SaleReported",
            "SaleReported",
            "SaleReported",
            "StockClosureProposed",
            "StockWrittenOff",
            "StockClosureProposed",
            "StockBoughtBack",
            "CompletionDeclared",
            "ProjectCompleted",
        ]
    );
    let received: pb::GoodsReceived = serde_json::from_value(recorded[8].1.clone()).unwrap();
    assert_eq!(received.products.len(), 5);
    let told: i64 = received.allotments.iter().map(|one| one.units).sum();
    let allotted: i64 = shown.products.iter().map(|one| one.allotted).sum();
    assert_eq!(told, allotted);
    let lucia = &play.holders["lucia-1"];
    let handed: pb::GoodsHandedOver = serde_json::from_value(recorded[9].1.clone()).unwrap();
    assert_eq!(handed.participation_id, lucia.participation.to_string());
    assert_eq!(handed.investor_id, lucia.person.id.to_string());
    let mut allotments = shown.allotments.iter();
    let own = allotments.find(|one| one.participation_id == handed.participation_id);
    assert_eq!(own.unwrap().units, handed.units);
    let sale: pb::SaleReported = serde_json::from_value(recorded[11].1.clone()).unwrap();
    assert_eq!(sale.net, usd(2_796_145));
    let bought: pb::StockBoughtBack = serde_json::from_value(recorded[17].1.clone()).unwrap();
    assert_eq!(bought.price, usd(16_714));
    assert_eq!(bought.agreed_by, play.stage.patricia.id.to_string());
    assert_eq!(bought.closure_id, play.claims[3]);
}
