//! Settlement against another calculation of domain.md §5 in another language
//! (`e2e/model/settlement.py`): random projects, each with a run after the other, and every
//! figure of every run. `SETTLEMENT_PROJECTS` says how many projects (`make prove` asks for a
//! million), `PROPTEST_RNG_SEED` which.

use std::fmt::Write as _;

use money::{Currency, Money, Ppm};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use settlement::{
    Escrow, Line, Product, Run, RunInput, RunKind, ShareType, Stake, Terms, allotments,
    buyback_minor, propose,
};

use crate::facts::{post, stake};

/// Projects whose runs are asked for and compared together.
const AT_ONCE: u64 = 2_000;

#[test]
fn two_calculations_settle_the_same() {
    let (projects, seed) = (
        proving::amount("SETTLEMENT_PROJECTS", 1_000),
        proving::seed(),
    );
    let mut random = SmallRng::seed_from_u64(seed);
    let mut asked = Asked::default();
    for number in 1..=projects {
        asked.project(&mut random);
        if number % AT_ONCE == 0 || number == projects {
            asked.compare(seed);
        }
    }
    for (what, seen) in SEEN.iter().zip(asked.seen) {
        assert!(seen, "{} never came (seed {seed})", what.0);
    }
    for code in REFUSED {
        assert!(
            asked.refused.contains(code),
            "{code} never came (seed {seed})"
        );
    }
}

/// What random projects must meet, or they are not random enough.
type Seen = fn(&RunInput, &Run) -> bool;
const SEEN: [(&str, Seen); 16] = [
    ("an INTERIM run", |input, _| input.kind == RunKind::Interim),
    ("an INTERIM run up to its limit", |input, run| {
        input.kind == RunKind::Interim && run.totals.gross_minor == input.interim_limit_minor
    }),
    ("a FINAL run after another", |input, run| {
        input.kind == RunKind::Final && run.lines.iter().any(|l| l.received_before_minor > 0)
    }),
    ("an ADJUSTMENT", |input, _| {
        input.kind == RunKind::Adjustment
    }),
    ("a LIQUIDATION", |input, _| {
        input.kind == RunKind::Liquidation
    }),
    ("an unused advance", |_, run| {
        run.totals.advances_returned_minor > 0
    }),
    ("a used advance", |_, run| {
        run.totals.advances_repaid_minor > 0
    }),
    ("an owner's split", |_, run| {
        run.totals.owner_split_minor > 0
    }),
    ("an owner's split out of capital", |_, run| {
        run.totals.owner_split_from_capital_minor > 0
    }),
    ("something held back", |_, run| {
        run.totals.held_back_minor > 0
    }),
    ("a remainder", |_, run| run.totals.last_units > 1),
    ("a first loss", |_, run| {
        any(run, |line| line.first_loss_minor > 0)
    }),
    ("an excess that is set off", |_, run| {
        any(run, |line| {
            let received = i128::from(line.received_before_minor);
            line.entitlement.num < received * line.entitlement.den
        })
    }),
    ("more given back than was paid in", |_, run| {
        any(run, |line| line.unspent_minor > line.amount_minor)
    }),
    ("an allotment that lapsed", |input, run| {
        input.stakes.iter().any(|stake| !stake.lapsed.is_empty())
            && any(run, |line| line.fractions.iter().any(|f| f.cash_minor > 0))
    }),
    ("fee and tax", |_, run| {
        any(run, |line| line.fee_minor > 0 && line.tax_minor > 0)
    }),
];

const REFUSED: [&str; 12] = [
    "no_stakes",
    "duplicate",
    "out_of_range",
    "owner_stake_of_products",
    "sold_more_than_received",
    "captured_differs",
    "capital_mismatch",
    "proceeds_mismatch",
    "interim_after_final",
    "nothing_to_distribute",
    "fractions_exceed_proceeds",
    "nobody_to_pay",
];

fn any(run: &Run, line: fn(&Line) -> bool) -> bool {
    run.lines.iter().any(line)
}

/// The facts of runs, a line each, and what ours answered.
#[derive(Default)]
struct Asked {
    script: String,
    answers: Vec<Value>,
    seen: [bool; SEEN.len()],
    refused: std::collections::BTreeSet<&'static str>,
}

impl Asked {
    /// A project from its first run to its last, with news between them.
    fn project(&mut self, random: &mut SmallRng) {
        let mut input = project(random);
        for _ in 0..random.random_range(0..3) {
            input.kind = RunKind::Interim;
            input.interim_limit_minor = if random.random() {
                Money::MAX_MINOR
            } else {
                random.random_range(1..=input.escrow.captured_minor)
            };
            input = self.run(input, random);
            news(&mut input, random);
        }
        input.kind = if random.random_ratio(1, 3) {
            RunKind::Liquidation
        } else {
            RunKind::Final
        };
        input = self.run(input, random);
        for _ in 0..random.random_range(0..4) {
            input.kind = RunKind::Adjustment;
            news(&mut input, random);
            input = self.run(input, random);
        }
        input.kind = RunKind::Interim;
        self.run(input, random);
    }

    /// Asks both for a run and gives the facts after it; now and then for one with a mistake first.
    fn run(&mut self, input: RunInput, random: &mut SmallRng) -> RunInput {
        if random.random_ratio(1, 10) {
            let mut mistaken = input.clone();
            mistake(&mut mistaken, random);
            self.ask(&mistaken);
        }
        match self.ask(&input) {
            Some(run) => post(&input, &run),
            None => input,
        }
    }

    fn ask(&mut self, input: &RunInput) -> Option<Run> {
        let facts = serde_json::to_string(input).expect("plain data");
        writeln!(self.script, "{facts}").expect("a string takes everything");
        match propose(input) {
            Ok(run) => {
                for (seen, (_, what)) in self.seen.iter_mut().zip(SEEN) {
                    *seen |= what(input, &run);
                }
                let answer = serde_json::to_value(&run).expect("plain data");
                self.answers.push(reduced(answer));
                Some(run)
            }
            Err(refusal) => {
                self.refused.insert(refusal.code());
                self.answers.push(json!(refusal.code()));
                None
            }
        }
    }

    /// Asks the other calculation the same, and forgets what was the same.
    fn compare(&mut self, seed: u64) {
        let theirs = proving::second_calculation("settlement.py", &self.script);
        assert_eq!(theirs.lines().count(), self.answers.len(), "seed {seed}");
        let facts = self.script.lines();
        for ((facts, ours), theirs) in facts.zip(&self.answers).zip(theirs.lines()) {
            let theirs: Value = serde_json::from_str(theirs).expect("a document");
            if let Some((place, ours, theirs)) = difference(ours, &theirs, String::new()) {
                panic!("seed {seed}: {place} is {ours} here and {theirs} there, of {facts}");
            }
        }
        self.script.clear();
        self.answers.clear();
    }
}

/// Fractions in lowest terms.
fn reduced(value: Value) -> Value {
    match value {
        Value::Object(fields) if fields.len() == 2 && fields.contains_key("den") => {
            let part = |name: &str| -> i128 {
                let text = fields[name].as_str().expect("a text");
                text.parse().expect("a whole number")
            };
            let (num, den) = (part("num"), part("den"));
            let (mut common, mut rest) = (den, num);
            while rest != 0 {
                (common, rest) = (rest, common % rest);
            }
            let common = common.abs();
            json!({ "num": (num / common).to_string(), "den": (den / common).to_string() })
        }
        Value::Object(fields) => fields.into_iter().map(|(n, v)| (n, reduced(v))).collect(),
        Value::Array(list) => list.into_iter().map(reduced).collect(),
        other => other,
    }
}

/// The first place where two documents differ, with what stands there.
fn difference(ours: &Value, theirs: &Value, place: String) -> Option<(String, String, String)> {
    match (ours, theirs) {
        _ if ours == theirs => None,
        (Value::Object(mine), Value::Object(other)) if mine.keys().eq(other.keys()) => {
            let mut both = mine.iter().zip(other.values());
            both.find_map(|((name, a), b)| difference(a, b, format!("{place}.{name}")))
        }
        (Value::Array(mine), Value::Array(other)) if mine.len() == other.len() => {
            let mut both = mine.iter().zip(other).enumerate();
            both.find_map(|(n, (a, b))| difference(a, b, format!("{place}[{n}]")))
        }
        _ => Some((place, ours.to_string(), theirs.to_string())),
    }
}

fn rate(random: &mut SmallRng, usual: u32) -> Ppm {
    Ppm::new(match random.random_range(0..6) {
        0 | 1 => usual,
        2 => 1_000_000 - usual,
        3 => random.random_range(0..=1_000_000),
        _ => 10_000 * random.random_range(0..=100),
    })
}

/// Facts of a project before its first run. Few units, so that remainders and ties are frequent;
/// now and then many.
fn project(random: &mut SmallRng) -> RunInput {
    let size = [12, 60, 900, 50_000, 3_000_000_000][random.random_range(0..5)];
    let terms = Terms {
        investor_share_ppm: rate(random, 1_000_000),
        success_fee_ppm: rate(random, 0),
        holdback_ppm: rate(random, 0),
        buyback_ppm: rate(random, 500_000),
        first_loss_minor: random.random_range(0..=size),
    };
    let products = (0..random.random_range(0..4)).map(|n| product(random, n, size));
    let products: Vec<_> = products.collect();
    let stakes = (0..random.random_range(1..7)).map(|n| participation(random, n, size));
    let mut stakes: Vec<_> = stakes.collect();
    lapse(random, &mut stakes, &products);
    let captured_minor: i64 = stakes.iter().map(|stake| stake.amount_minor).sum();
    let some = |random: &mut SmallRng| {
        let most = captured_minor * random.random_range(0..=3) / 2;
        random.random_range(0..=most)
    };
    let (advances_minor, recovered_minor) = (some(random), some(random));
    let most = captured_minor + advances_minor + recovered_minor;
    let costs_minor = if random.random() {
        most
    } else {
        random.random_range(0..=most)
    };
    let extra = match random.random_range(0..8) {
        0 => -1,
        1 | 2 => random.random_range(0..=captured_minor),
        _ => 0,
    };
    let bought = |one| buyback_minor(one, &terms).expect("small");
    let sold: i64 = products.iter().map(|p| p.sold_net_minor + bought(p)).sum();
    let proceeds_minor = (sold + extra).max(0);
    RunInput {
        currency: Currency::USD,
        kind: RunKind::Final,
        interim_limit_minor: Money::MAX_MINOR,
        terms,
        escrow: Escrow {
            captured_minor,
            advances_minor,
            recovered_minor,
            costs_minor,
            capital_minor: most - costs_minor,
            proceeds_minor,
            proceeds_balance_minor: proceeds_minor,
            ..Escrow::default()
        },
        products,
        stakes,
    }
}

fn participation(random: &mut SmallRng, number: usize, size: i64) -> Stake {
    let id = format!("{}{number}", ["b", "a", "ç"][number % 3]);
    let owner_stake = random.random_ratio(1, 4);
    let share = if owner_stake || random.random_ratio(2, 3) {
        ShareType::ProfitOnly
    } else {
        ShareType::Products
    };
    let amount_minor = random.random_range(1..=size);
    Stake {
        owner_stake,
        tax_ppm: rate(random, 50_000),
        ..stake(&id, share, amount_minor, random.random_range(0..3))
    }
}

fn product(random: &mut SmallRng, number: usize, size: i64) -> Product {
    let ordered = random.random_range(1..=200);
    let received = random.random_range(0..=ordered + 5);
    let sold = random.random_range(0..=received);
    let bought_back = if random.random() { received - sold } else { 0 };
    Product {
        product: format!("product {number}"),
        ordered,
        landed_cost_minor: random.random_range(0..=size * 2),
        received,
        sold,
        sold_net_minor: if sold == 0 {
            0
        } else {
            random.random_range(0..=size * 3)
        },
        bought_back,
    }
}

/// Some of what was allotted is not collected.
fn lapse(random: &mut SmallRng, stakes: &mut [Stake], products: &[Product]) {
    for one in allotments(stakes, products).expect("small") {
        if one.units > 0 && random.random_ratio(1, 4) {
            let mut all = stakes.iter_mut();
            let stake = all.find(|stake| stake.participation == one.participation);
            let units = if random.random() { one.units } else { 1 };
            stake.expect("it is its").lapsed.insert(one.product, units);
        }
    }
}

/// What happens between two runs.
fn news(input: &mut RunInput, random: &mut SmallRng) {
    let captured = input.escrow.captured_minor;
    let amount = random.random_range(0..=captured / 3);
    let escrow = &mut input.escrow;
    match random.random_range(0..6) {
        0 => {
            escrow.recovered_minor += amount;
            escrow.capital_minor += amount;
        }
        1 => {
            escrow.advances_minor += amount;
            escrow.costs_minor += amount;
        }
        2 => {
            let amount = amount.min(escrow.capital_minor);
            escrow.costs_minor += amount;
            escrow.capital_minor -= amount;
        }
        // A buyer gives goods back, and is paid back.
        3 => {
            let most = escrow.proceeds_balance_minor;
            if let Some(product) = input.products.iter_mut().find(|p| p.sold > 0) {
                let amount = amount.min(most).min(product.sold_net_minor);
                product.sold_net_minor -= amount;
                escrow.proceeds_minor -= amount;
                escrow.proceeds_balance_minor -= amount;
            }
        }
        _ => {
            let open = |p: &&mut Product| p.sold + p.bought_back < p.received;
            if let Some(product) = input.products.iter_mut().find(open) {
                let most = product.received - product.bought_back - product.sold;
                product.sold += random.random_range(1..=most);
                product.sold_net_minor += amount;
            }
            escrow.proceeds_minor += amount;
            escrow.proceeds_balance_minor += amount;
        }
    }
}

/// Facts that contradict each other.
fn mistake(input: &mut RunInput, random: &mut SmallRng) {
    let RunInput {
        escrow,
        products,
        stakes,
        ..
    } = input;
    match random.random_range(0..14) {
        0 => stakes.clear(),
        1 => stakes.push(stakes[0].clone()),
        2 => stakes[0].amount_minor = 0,
        3 => {
            stakes[0].owner_stake = true;
            stakes[0].share = ShareType::Products;
        }
        4 => products.iter_mut().for_each(|p| p.sold = p.received + 1),
        5 => escrow.captured_minor += 1,
        6 => escrow.capital_minor += 1,
        7 => escrow.proceeds_balance_minor += 1,
        // Sold, and no more came in of it than earlier runs paid out.
        8..=12 => {
            escrow.proceeds_minor -= escrow.proceeds_balance_minor;
            escrow.proceeds_balance_minor = 0;
        }
        _ => {
            let more = ("product 0".to_owned(), i64::MAX);
            stakes[0].lapsed = [more].into();
        }
    }
}
