//! A project that was cancelled in execution, with a loss, a first loss, a used advance and an
//! allotment that lapsed, against the figures of the other calculation (`e2e/model`).

use std::collections::BTreeMap;

use money::Ppm;
use serde_json::Value;
use settlement::{
    Escrow, Paid, Product, RunInput, RunKind, SettlementError, ShareType, Stake, Terms, allotments,
    propose,
};
use time::{Duration, OffsetDateTime};

use crate::facts::cash;

const FACTS: &str = include_str!("../../../../e2e/model/liquidation.json");
const GOLDEN: &str = include_str!("../../../../e2e/model/liquidation.golden.json");

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a document")
}

fn int(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn ppm(value: &Value) -> Ppm {
    Ppm::new(int(value).try_into().expect("a rate"))
}

fn input(facts: &Value) -> RunInput {
    let terms = &facts["terms"];
    let stake = |(nth, one): (i64, &Value)| Stake {
        participation: text(&one["id"]),
        investor: text(&one["id"]),
        share: serde_json::from_value::<ShareType>(one["type"].clone()).expect("a type"),
        owner_stake: one["owner"] == true,
        amount_minor: int(&one["amount"]),
        approved_at: OffsetDateTime::UNIX_EPOCH + Duration::seconds(nth),
        tax_ppm: ppm(&terms["tax_ppm"]),
        paid: Paid::default(),
        lapsed: BTreeMap::new(),
    };
    let product = |one: &Value| Product {
        product: text(&one["sku"]),
        ordered: int(&one["ordered"]),
        landed_cost_minor: int(&one["landed_cost"]),
        received: int(&one["received"]),
        sold: int(&one["sold"]),
        sold_net_minor: int(&one["realised"]),
        bought_back: 0,
    };
    let people = list(&facts["participations"]);
    let mut stakes: Vec<Stake> = (0..).zip(people).map(stake).collect();
    let products: Vec<Product> = list(&facts["products"]).iter().map(product).collect();
    let allotted = allotments(&stakes, &products).expect("counted");
    for (stake, one) in stakes.iter_mut().zip(people) {
        let mine = allotted.iter().filter(|units| {
            one["lapsed"] == true && units.units > 0 && units.participation == stake.participation
        });
        stake.lapsed = mine.map(|one| (one.product.clone(), one.units)).collect();
    }
    let (captured_minor, proceeds_minor) = (
        stakes.iter().map(|stake| stake.amount_minor).sum(),
        products.iter().map(|one| one.sold_net_minor).sum(),
    );
    let of = |name: &str| int(&facts["escrow"][name]);
    let (advances_minor, recovered_minor, costs_minor) =
        (of("advanced"), of("recovered"), of("paid"));
    RunInput {
        kind: RunKind::Liquidation,
        terms: Terms {
            investor_share_ppm: ppm(&terms["investor_share_ppm"]),
            success_fee_ppm: ppm(&terms["success_fee_ppm"]),
            holdback_ppm: Ppm::ZERO,
            buyback_ppm: Ppm::ZERO,
            first_loss_minor: int(&terms["first_loss"]),
        },
        escrow: Escrow {
            captured_minor,
            advances_minor,
            recovered_minor,
            costs_minor,
            capital_minor: captured_minor + advances_minor + recovered_minor - costs_minor,
            proceeds_minor,
            proceeds_balance_minor: proceeds_minor,
            ..Escrow::default()
        },
        products,
        ..crate::facts::final_run(stakes, 0, 0)
    }
}

#[test]
fn a_liquidation_with_a_loss_is_that_of_the_other_calculation() {
    let golden = read(GOLDEN);
    let run = propose(&input(&read(FACTS))).expect("the facts agree");
    let (waterfall, totals) = (&run.waterfall, &run.totals);
    let lost = waterfall.at_work_minor - waterfall.pool_minor;
    let table = [
        ("unspent", waterfall.unspent_minor),
        ("pool", waterfall.pool_minor),
        ("advance_unused", totals.advances_returned_minor),
        ("advance_repaid", totals.advances_repaid_minor),
        ("profit", waterfall.profit_minor),
        ("at_work", waterfall.at_work_minor),
        ("loss", lost),
        ("first_loss", waterfall.first_loss_minor),
        ("owner_split", totals.owner_split_minor),
        ("fee", totals.fees_minor),
        ("tax", totals.taxes_minor),
        ("distributed", totals.escrow_before_minor),
    ];
    for (name, ours) in table {
        assert_eq!(ours, int(&golden[name]), "{name}");
    }
    assert_eq!(totals.escrow_after_minor, 0);
    for theirs in list(&golden["lines"]) {
        let id = text(&theirs["participation"]);
        let ours = run.lines.iter().find(|line| line.participation == id);
        let ours = ours.expect("a line for each participation");
        let sum = |of: fn(&settlement::FractionPaid) -> i64| -> i64 {
            ours.fractions.iter().map(of).sum()
        };
        let table = [
            ("unspent", ours.unspent_minor),
            ("fraction_cash", sum(|one| one.cash_minor)),
            ("fraction_cost", sum(|one| one.landed_minor)),
            ("owner_split", ours.owner_split_minor),
            ("fee", ours.fee_minor),
            ("tax", ours.tax_minor),
            ("net", ours.net_minor),
        ];
        for (name, figure) in table {
            assert_eq!(figure, int(&theirs[name]), "{id} {name}");
        }
    }
}

#[test]
fn no_more_lapses_than_was_allotted() {
    let mut facts = input(&read(FACTS));
    let ana = &mut facts.stakes[0];
    *ana.lapsed.get_mut("LAMP").expect("hers") += 1;
    let out_of_range = |facts: &RunInput| {
        let refused = propose(facts).expect_err("nobody had so many");
        matches!(
            refused,
            SettlementError::OutOfRange {
                field: "lapsed",
                ..
            }
        )
    };
    assert!(out_of_range(&facts));
    facts.stakes[0].lapsed = BTreeMap::from([("SOFA".to_owned(), 1)]);
    assert!(out_of_range(&facts));
    // A participation in cash has no goods that could lapse.
    let mut facts = crate::facts::final_run(cash(&[100]), 100, 100);
    facts.stakes[0].lapsed = BTreeMap::from([("LAMP".to_owned(), 1)]);
    assert!(out_of_range(&facts));
}
