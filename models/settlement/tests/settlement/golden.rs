//! The story of `examples/story`, against figures that another calculation worked out from the
//! domain document alone (`e2e/model`).

use money::{Currency, Money, Ppm};
use serde_json::Value;
use settlement::{
    Escrow, FractionPaid, Line, Paid, Product, Run, RunInput, RunKind, ShareType, Stake, Terms,
    allotments, buyback_minor, propose,
};
use time::{Duration, OffsetDateTime};

const STORY: &str = include_str!("../../../../examples/story/settled.json");
const GOLDEN: &str = include_str!("../../../../examples/story/settled.golden.json");

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a document")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn int(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

fn minor(value: &Value) -> i64 {
    text(value).replace('.', "").parse().expect("two decimals")
}

fn ppm(value: &Value) -> Ppm {
    Ppm::new(int(value).try_into().expect("a rate"))
}

/// What the steps of one kind brought in.
fn steps(story: &Value, kind: &str) -> i64 {
    let of_kind = list(&story["steps"]).iter().filter(|s| s["do"] == kind);
    of_kind.map(|step| minor(&step["amount"])).sum()
}

fn stakes(golden: &Value, tax_ppm: Ppm) -> Vec<Stake> {
    let stake = |p: &Value| Stake {
        participation: text(&p["request"]).to_owned(),
        investor: text(&p["investor"]).to_owned(),
        share: serde_json::from_value::<ShareType>(p["type"].clone()).expect("a type"),
        owner_stake: false,
        amount_minor: minor(&p["amount"]),
        approved_at: OffsetDateTime::UNIX_EPOCH + Duration::hours(int(&p["approval"])),
        tax_ppm,
        paid: Paid::default(),
        lapsed: std::collections::BTreeMap::new(),
    };
    let sealed = list(&golden["snapshot"]["participations"]);
    sealed.iter().map(stake).collect()
}

fn products(golden: &Value) -> Vec<Product> {
    let planned = list(&golden["plan"]["products"]);
    let product = |(goods, plan): (&Value, &Value)| {
        assert_eq!(goods["sku"], plan["sku"]);
        Product {
            product: text(&goods["sku"]).to_owned(),
            ordered: int(&goods["ordered"]),
            landed_cost_minor: minor(&plan["landed_cost"]),
            received: int(&goods["received"]),
            sold: int(&goods["sold"]),
            sold_net_minor: minor(&goods["net_sales"]),
            bought_back: int(&goods["bought_back"]),
        }
    };
    let goods = list(&golden["goods"]);
    goods.iter().zip(planned).map(product).collect()
}

/// The run of the story: the facts are its steps, its budget and its goods.
fn facts(story: &Value, golden: &Value) -> RunInput {
    let terms = &story["terms"];
    let stakes = stakes(golden, ppm(&terms["tax_withholding_ppm"]));
    let goods = list(&golden["goods"]).iter();
    let budget = list(&golden["budget"]).iter();
    let proceeds_minor = goods
        .map(|j| minor(&j["net_sales"]) + minor(&j["buy_back"]))
        .sum();
    let mut escrow = Escrow {
        captured_minor: stakes.iter().map(|stake| stake.amount_minor).sum(),
        advances_minor: steps(story, "advance"),
        recovered_minor: steps(story, "recover"),
        costs_minor: budget.map(|line| minor(&line["actual"])).sum(),
        proceeds_minor,
        proceeds_balance_minor: proceeds_minor,
        ..Escrow::default()
    };
    escrow.capital_minor =
        escrow.captured_minor + escrow.advances_minor + escrow.recovered_minor - escrow.costs_minor;
    RunInput {
        currency: Currency::USD,
        kind: RunKind::Final,
        interim_limit_minor: Money::MAX_MINOR,
        terms: Terms {
            investor_share_ppm: ppm(&terms["investor_share_ppm"]),
            success_fee_ppm: ppm(&terms["success_fee_ppm"]),
            holdback_ppm: ppm(&terms["holdback_ppm"]),
            buyback_ppm: ppm(&terms["buyback_ppm"]),
            first_loss_minor: minor(&terms["first_loss"]),
        },
        escrow,
        products: products(golden),
        stakes,
    }
}

#[test]
fn the_escrow_and_the_goods_of_the_story_are_those_of_the_other_calculation() {
    let (story, golden) = (read(STORY), read(GOLDEN));
    let input = facts(&story, &golden);
    let run = &golden["run"];
    let Escrow {
        captured_minor,
        advances_minor,
        recovered_minor,
        costs_minor,
        ..
    } = input.escrow;
    assert_eq!(captured_minor, minor(&run["captured"]));
    assert_eq!(advances_minor, minor(&run["advanced"]));
    assert_eq!(recovered_minor, minor(&run["recovered"]));
    assert_eq!(costs_minor, minor(&run["paid"]));
    let allotted = allotments(&input.stakes, &input.products).expect("counted");
    assert_eq!(allotted.len(), 10, "two holders, five products");
    for (goods, product) in list(&golden["goods"]).iter().zip(&input.products) {
        let bought_back = buyback_minor(product, &input.terms).expect("small");
        assert_eq!(
            bought_back,
            minor(&goods["buy_back"]),
            "{}",
            product.product
        );
        for units in allotted.iter().filter(|a| a.product == product.product) {
            assert_eq!(units.units, int(&goods["allotted"][&units.participation]));
        }
    }
}

#[test]
fn the_sums_of_the_run_are_those_of_the_other_calculation() {
    let (story, golden) = (read(STORY), read(GOLDEN));
    let Run {
        waterfall, totals, ..
    } = propose(&facts(&story, &golden)).expect("the facts agree");
    let table = [
        ("unspent", waterfall.unspent_minor),
        ("unspent", totals.unspent_paid_minor),
        ("advance_unused", waterfall.unused_advances_minor),
        ("advance_unused", totals.advances_returned_minor),
        ("advance_repaid", waterfall.used_advances_minor),
        ("advance_repaid", totals.advances_repaid_minor),
        ("fractions", waterfall.fractions_minor),
        ("pool", waterfall.pool_minor),
        ("at_work", waterfall.at_work_minor),
        ("at_work", waterfall.capital_minor),
        ("loss", waterfall.first_loss_minor),
        ("profit", waterfall.profit_minor),
        ("owner_split", waterfall.owner_split_minor),
        ("owner_split", totals.owner_split_minor),
        ("fee", totals.fees_minor),
        ("tax", totals.taxes_minor),
        ("distributed", totals.escrow_before_minor),
    ];
    let golden = &golden["run"];
    for (name, ours) in table {
        assert_eq!(ours, minor(&golden[name]), "{name}");
    }
    let owner = waterfall.profit_minor - waterfall.investors_profit_minor;
    assert_eq!(owner, minor(&golden["owner_profit"]));
    assert_eq!((totals.held_back_minor, totals.escrow_after_minor), (0, 0));
}

/// The sum of one figure over the fractions of a line.
fn fractions(line: &Line, of: fn(&FractionPaid) -> i64) -> i64 {
    line.fractions.iter().map(of).sum()
}

#[test]
fn every_line_of_the_run_is_that_of_the_other_calculation() {
    let (story, golden) = (read(STORY), read(GOLDEN));
    let run = propose(&facts(&story, &golden)).expect("the facts agree");
    let lines = list(&golden["run"]["lines"]);
    assert_eq!(run.lines.len(), lines.len());
    for theirs in lines {
        let request = text(&theirs["request"]);
        let ours = run.lines.iter().find(|l| l.participation == request);
        let ours = ours.expect("a line for each participation");
        let cash = fractions(ours, |f| f.cash_minor);
        let capital = i64::try_from(ours.capital.num / ours.capital.den).expect("small");
        // What is given in whole units above everything that is whole is the profit, rounded.
        let profit =
            ours.gross_minor - ours.unspent_minor - cash + ours.owner_split_minor - capital;
        // Goods are no part of the pool: there, the line states no weight in it.
        let at_work = match ours.share {
            ShareType::ProfitOnly => ours.at_work_minor,
            ShareType::Products => ours.amount_minor - ours.unspent_minor,
        };
        let table = [
            ("unspent", ours.unspent_minor),
            ("unspent", ours.from_capital_minor),
            ("at_work", at_work),
            ("fraction_cash", cash),
            ("fraction_cost", fractions(ours, |f| f.landed_minor)),
            ("owner_split", ours.owner_split_minor),
            ("capital", capital),
            ("profit", profit),
            ("fee", ours.fee_minor),
            ("tax", ours.tax_minor),
            ("net", ours.net_minor),
        ];
        for (name, figure) in table {
            assert_eq!(figure, minor(&theirs[name]), "{request} {name}");
        }
        let parts = theirs["fractions"].as_object().expect("by product");
        assert_eq!(ours.fractions.len(), parts.len(), "{request}");
        for FractionPaid {
            product, fraction, ..
        } in &ours.fractions
        {
            let (num, den) = text(&parts[product]).split_once('/').expect("a fraction");
            let [num, den] = [num, den].map(|part| part.parse::<i128>().expect("whole"));
            assert_eq!(
                fraction.num * den,
                fraction.den * num,
                "{request} {product}"
            );
        }
    }
}
