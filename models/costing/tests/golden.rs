//! The plan of the story of `examples/story`: the sheet with the two lines that its terms add,
//! against figures that another calculation worked out (`e2e/model`).

use std::collections::BTreeMap;

use costing::{
    AllocationKey, Base, Charge, CostLine, Costing, Kind, Rate, RecoverableTaxes, compute,
    read_sheet,
};
use money::{Currency, Money, Ppm};
use serde_json::Value;

const GOODS: &[u8] = include_bytes!("../../../examples/ningbo-home-goods.csv");
const COSTS: &[u8] = include_bytes!("../../../examples/ningbo-home-goods.costs.csv");
const STORY: &str = include_str!("../../../examples/story/settled.json");
const GOLDEN: &str = include_str!("../../../examples/story/settled.golden.json");

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a document")
}

fn ppm(value: &Value) -> Ppm {
    serde_json::from_value(value.clone()).expect("a rate")
}

/// A line that the terms add after the sheet's own.
fn added(kind: Kind, rate: Ppm, terms: &Value) -> CostLine {
    let allocation = &terms["added_lines_allocation"];
    CostLine {
        kind,
        name: kind.to_string(),
        charge: Charge::Rate {
            rate: Rate::Ppm(rate),
            base: Base::TotalBeforeFees,
        },
        allocation: serde_json::from_value::<AllocationKey>(allocation.clone()).expect("a key"),
        recoverable: false,
        in_vat_base: false,
    }
}

fn plan() -> Costing {
    let terms = &read(STORY)["terms"];
    let mut sheet = read_sheet(GOODS, COSTS, Currency::USD).expect("a good sheet");
    for (kind, rate) in [
        (Kind::Contingency, "contingency_ppm"),
        (Kind::PlatformFee, "platform_fee_ppm"),
    ] {
        sheet.lines.push(added(kind, ppm(&terms[rate]), terms));
    }
    compute(&sheet, ppm(&terms["margin_ppm"])).expect("a good sheet")
}

#[test]
fn the_totals_and_every_product_are_those_of_the_other_calculation() {
    let golden = &read(GOLDEN)["plan"];
    let ours = plan().to_json().expect("figures fit");
    for part in ["currency", "totals", "products"] {
        assert_eq!(ours[part], golden[part], "{part}");
    }
}

#[test]
fn every_kind_of_line_and_the_goal_are_those_of_the_other_calculation() {
    let golden = &read(GOLDEN)["plan"];
    let plan = plan();
    let mut kinds: BTreeMap<String, Money> = BTreeMap::new();
    for cost in &plan.lines {
        let zero = Money::zero(plan.currency);
        let sum = kinds.entry(cost.line.kind.to_string()).or_insert(zero);
        *sum = sum.checked_add(cost.amount).expect("small");
    }
    let ours: Value = kinds
        .into_iter()
        .map(|(kind, sum)| (kind, Value::from(sum.to_string())))
        .collect();
    assert_eq!(ours, golden["lines"]);
    let goal = plan.goal(RecoverableTaxes::Financed).to_string();
    assert_eq!(golden["goal"], goal);
}
