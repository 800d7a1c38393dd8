//! Landed cost against another calculation of domain.md §4 in another language
//! (`e2e/model/costing.py`): random sheets of every kind, base and key, good and bad, the same
//! figures and the same refusals. `COSTING_SHEETS` says how many (`make prove` asks for a
//! million), `PROPTEST_RNG_SEED` which.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use costing::{
    AdValorem, AllocationKey, Base, Charge, CostLine, Kind, Per, Product, Rate, Sheet, Specific,
    Tariff, compute,
};
use money::{Currency, Measure, Money, Ppm, UnitPrice};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

/// Sheets that are asked for and compared together.
const AT_ONCE: u64 = 5_000;

/// What random sheets must meet, or they are not random enough.
const REFUSED: [&str; 18] = [
    "no_products",
    "duplicate_sku",
    "quantity_out_of_range",
    "price_not_positive",
    "missing_rate",
    "overflow",
    "amount_not_positive",
    "rate_not_positive",
    "base_too_late",
    "grossed_up_not_insurance",
    "grossed_up_too_high",
    "grossed_up_per_document",
    "part_of_cif",
    "amount_per_product",
    "rate_needs_per_product",
    "not_for_vat_base",
    "limits_contradict",
    "nothing_to_allocate_by",
];

/// A sheet whose figures would be others without a line's limits.
const LIMIT: &str = "a limit that took effect";
/// A sheet whose figures would be others without an amount for each unit or kilogram.
const SPECIFIC: &str = "a specific amount that was the greater";

#[test]
fn two_calculations_cost_the_same() {
    let (sheets, seed) = (proving::amount("COSTING_SHEETS", 4_000), proving::seed());
    let mut random = SmallRng::seed_from_u64(seed);
    let mut seen = BTreeSet::new();
    for first in (0..sheets).step_by(usize::try_from(AT_ONCE).expect("small")) {
        let (mut script, mut answers) = (String::new(), Vec::new());
        for _ in first..sheets.min(first + AT_ONCE) {
            let sheet = sheet(&mut random, &mut seen);
            let margin_ppm = random.random_range(0..2_000_000);
            answers.push(answer(&sheet, margin_ppm));
            let asked = json!({ "sheet": sheet, "margin_ppm": margin_ppm });
            writeln!(script, "{asked}").expect("a string takes everything");
        }
        let theirs = proving::second_calculation("costing.py", &script);
        assert_eq!(theirs.lines().count(), answers.len(), "seed {seed}");
        for ((asked, ours), theirs) in script.lines().zip(&answers).zip(theirs.lines()) {
            let theirs: Value = serde_json::from_str(theirs).expect("a document");
            assert_eq!(*ours, theirs, "seed {seed}: {asked}");
            seen.insert(ours.as_str().unwrap_or("costed").to_owned());
            took_effect(asked, ours, &mut seen);
        }
    }
    let keys = AllocationKey::iter().map(|key| key.to_string());
    let kinds = Kind::iter().map(|kind| kind.to_string());
    let must = REFUSED.map(str::to_owned).into_iter();
    let others = ["costed", LIMIT, SPECIFIC].map(str::to_owned);
    for what in must.chain(keys).chain(kinds).chain(others) {
        assert!(seen.contains(&what), "{what} never came (seed {seed})");
    }
}

fn took_effect(asked: &str, figures: &Value, seen: &mut BTreeSet<String>) {
    let mut asked: Value = serde_json::from_str(asked).expect("a document");
    let margin_ppm = asked["margin_ppm"].as_u64().expect("a rate");
    let sheet: Sheet = serde_json::from_value(asked["sheet"].take()).expect("a sheet");
    for (what, keep_limits) in [(LIMIT, false), (SPECIFIC, true)] {
        if figures.is_string() || seen.contains(what) {
            continue;
        }
        let mut other = sheet.clone();
        for line in &mut other.lines {
            if let Charge::Tariff(tariff) = &mut line.charge {
                if !keep_limits {
                    (tariff.at_least, tariff.at_most) = (None, None);
                } else if tariff.ad_valorem.is_some() {
                    tariff.specific = None;
                }
            }
        }
        if answer(&other, u32::try_from(margin_ppm).expect("small")) != *figures {
            seen.insert(what.to_owned());
        }
    }
}

fn answer(sheet: &Sheet, margin_ppm: u32) -> Value {
    match compute(sheet, Ppm::new(margin_ppm)) {
        Ok(costing) => {
            let parts = |line: &costing::LineCost| -> Vec<i64> {
                line.parts.iter().map(|part| part.minor()).collect()
            };
            let parts: Vec<_> = costing.lines.iter().map(parts).collect();
            json!({ "costing": costing.to_json().expect("small"), "parts": parts })
        }
        Err(refusal) => json!(refusal.code()),
    }
}

/// A sheet, now and then with one mistake.
fn sheet(random: &mut SmallRng, seen: &mut BTreeSet<String>) -> Sheet {
    let currencies = ["CLP", "JPY", "USD", "EUR", "MXN", "COP", "KWD"];
    let all = currencies.map(|code| code.parse::<Currency>().expect(code));
    let currency = *all.choose(random).expect("seven");
    let mut sheet = Sheet {
        currency,
        rates: all
            .into_iter()
            .filter(|one| *one != currency)
            .map(|one| {
                let most = [50_000, 50_000_000_u64][random.random_range(0..2)];
                let digits = random.random_range(1..most);
                let rate = format!("{}.{:05}", digits / 100_000, digits % 100_000);
                (one, rate.parse().expect("a rate"))
            })
            .collect(),
        products: Vec::new(),
        lines: Vec::new(),
    };
    let weightless = random.random_ratio(1, 30);
    for number in 0..random.random_range(1..6) {
        let own = currency_of(random, &all, currency);
        let mut product = product(random, number, own);
        if weightless {
            product.unit_weight = Measure::from_scaled(0).expect("nothing");
        }
        sheet.products.push(product);
    }
    let mut wrong = random.random_range(0..8);
    for _ in 0..random.random_range(0..14) {
        let line = line(random, &all, currency);
        match line.refusals().len() {
            0 => {
                seen.insert(line.kind.to_string());
                seen.insert(line.allocation.to_string());
            }
            // One wrong line at most, and with nothing else wrong.
            1 if wrong == 0 => wrong = 9,
            _ => continue,
        }
        sheet.lines.push(line);
    }
    if wrong == 1 {
        mistake(random, &mut sheet);
    }
    sheet
}

fn currency_of(random: &mut SmallRng, all: &[Currency], own: Currency) -> Currency {
    if random.random_ratio(3, 4) {
        own
    } else {
        *all.choose(random).expect("seven")
    }
}

fn mistake(random: &mut SmallRng, sheet: &mut Sheet) {
    sheet.lines.clear();
    let first = sheet.products[0].clone();
    match random.random_range(0..7) {
        0 => sheet.products.clear(),
        1 => sheet.products.push(first),
        2 => sheet.products[0].quantity = 0,
        3 => sheet.products[0].unit_price = UnitPrice::from_scaled(0).expect("nothing"),
        4 => sheet.products[0].currency = "PEN".parse().expect("soles"),
        5 => {
            let most = Money::try_new(Money::MAX_MINOR, sheet.currency).expect("money");
            let line = CostLine {
                kind: Kind::Other,
                name: "Too much".into(),
                charge: Charge::Fixed(most),
                allocation: AllocationKey::Equal,
                recoverable: random.random(),
                in_vat_base: false,
            };
            sheet.lines = vec![line.clone(), line];
        }
        _ => {
            sheet.products[0].quantity = Product::MAX_QUANTITY;
            sheet.products[0].unit_price = UnitPrice::from_scaled(10_i128.pow(18)).expect("much");
        }
    }
}

fn product(random: &mut SmallRng, number: usize, currency: Currency) -> Product {
    let measure = |random: &mut SmallRng| {
        let scaled = if random.random_ratio(1, 5) {
            0
        } else {
            random.random_range(0..30_000_000)
        };
        Measure::from_scaled(scaled).expect("small")
    };
    let most = [20_000, 3_000_000, 900_000_000][random.random_range(0..3)];
    Product {
        sku: format!("P{number}"),
        name: "Goods".into(),
        hs_code: "1234.56".into(),
        quantity: random.random_range(1..3_000),
        unit: "unit".into(),
        unit_price: UnitPrice::from_scaled(random.random_range(1..most)).expect("small"),
        currency,
        unit_weight: measure(random),
        unit_volume: measure(random),
        duty: Ppm::new(match random.random_range(0..8) {
            0 => 0,
            1 => 1_000_000,
            _ => random.random_range(0..300_000),
        }),
        planned_price: random
            .random_ratio(1, 6)
            .then(|| UnitPrice::from_scaled(random.random_range(1..most)).expect("small")),
    }
}

fn line(random: &mut SmallRng, all: &[Currency], currency: Currency) -> CostLine {
    let kinds: Vec<Kind> = Kind::iter().chain([Kind::Insurance; 4]).collect();
    let keys: Vec<_> = AllocationKey::iter()
        .chain([AllocationKey::PerDocument; 4])
        .collect();
    let own = currency_of(random, all, currency);
    CostLine {
        kind: *kinds.choose(random).expect("some"),
        name: "Line".into(),
        charge: charge(random, own),
        allocation: *keys.choose(random).expect("some"),
        recoverable: random.random_ratio(1, 5),
        in_vat_base: random.random_ratio(1, 5),
    }
}

fn charge(random: &mut SmallRng, currency: Currency) -> Charge {
    let AdValorem { rate, base } = ad_valorem(random);
    match random.random_range(0..7) {
        0 | 1 => Charge::Fixed(amount(random, currency)),
        2 | 3 => Charge::Rate { rate, base },
        _ => {
            let limits = random.random_ratio(1, 2);
            let mut maybe =
                |limit: bool| (limit && random.random()).then(|| amount(random, currency));
            let (at_least, at_most) = (maybe(limits), maybe(limits));
            let form = random.random_range(0..20);
            Charge::Tariff(Tariff {
                ad_valorem: (form % 3 != 1 && form > 0).then_some(AdValorem { rate, base }),
                specific: (form % 3 > 0).then(|| specific(random, currency)),
                at_least,
                at_most,
            })
        }
    }
}

fn ad_valorem(random: &mut SmallRng) -> AdValorem {
    let rate = match random.random_range(0..10) {
        0 => Ppm::ZERO,
        1 | 2 => Ppm::new(random.random_range(800_000..1_300_000)),
        _ => Ppm::new(random.random_range(1..300_000)),
    };
    let own = random.random_ratio(1, 5);
    let mut names = Base::NAMES.to_vec();
    names.extend(["CIF_GROSSED_UP:110", "CIF_GROSSED_UP", "CIF_GROSSED_UP:0"]);
    let name = names.choose(random).expect("some");
    AdValorem {
        rate: if own {
            Rate::PerProduct
        } else {
            Rate::Ppm(rate)
        },
        base: name.parse().expect(name),
    }
}

fn specific(random: &mut SmallRng, currency: Currency) -> Specific {
    let scaled = match random.random_range(0..20) {
        0 => 0,
        _ => random.random_range(1..9_000_000),
    };
    Specific {
        amount: UnitPrice::from_scaled(scaled).expect("small"),
        currency,
        per: if random.random() { Per::Unit } else { Per::Kg },
    }
}

fn amount(random: &mut SmallRng, currency: Currency) -> Money {
    let minor = match random.random_range(0..30) {
        0 => random.random_range(-2_i64..=0),
        1 => random.random_range(1..50),
        _ => random.random_range(1..900_000),
    };
    Money::try_new(minor, currency).expect("money")
}
