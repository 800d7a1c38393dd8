//! Duties and taxes as cost lines.

use costing::{Charge, CostLine, Kind, Sheet, compute, read_sheet};
use money::{Currency, Ppm};
use rules::{Cases, Pack, Packs, shipped};

use crate::{BASE, BASE_FILE, day, of};

const GOODS: &[u8] = include_bytes!("../../../../examples/ningbo-home-goods.csv");
const COSTS: &[u8] = include_bytes!("../../../../examples/ningbo-home-goods.costs.csv");

fn ningbo() -> Sheet {
    read_sheet(GOODS, COSTS, Currency::USD).expect("a good sheet")
}

fn without_taxes() -> Sheet {
    let mut sheet = ningbo();
    let is_tax =
        |line: &CostLine| matches!(line.kind, Kind::CustomsDuty | Kind::Vat | Kind::TaxAdvance);
    sheet.lines.retain(|line| !is_tax(line));
    sheet
}

fn cases(names: &[&str]) -> Cases {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What each line that the pack adds comes to.
fn figures(pack: &Pack, sheet: &Sheet, given: &[&str]) -> Vec<String> {
    let proposed = pack
        .import_lines(sheet, &cases(given))
        .expect("a good sheet");
    let mut whole = sheet.clone();
    whole
        .lines
        .extend(proposed.iter().map(|one| one.line.clone()));
    let costing = compute(&whole, Ppm::ZERO).expect("a good sheet");
    let figure = |one: &rules::ProposedLine| {
        let cost = costing.lines.iter().find(|cost| cost.line == one.line);
        format!("{} {}", one.line.name, cost.expect("it was added").amount)
    };
    proposed.iter().map(figure).collect()
}

#[test]
fn peru_gives_the_example_the_taxes_that_its_owner_wrote_down() {
    let written = compute(&ningbo(), Ppm::ZERO).expect("a good sheet");
    let of_kind = |kind| {
        let lines = written
            .lines
            .iter()
            .filter(move |cost| cost.line.kind == kind);
        lines.map(|cost| cost.amount.minor()).sum::<i64>()
    };
    assert_eq!(of_kind(Kind::CustomsDuty), 260_152);
    assert_eq!(of_kind(Kind::Vat), 1_074_252);
    let old = shipped()
        .in_force("PE", day("2025-06-30"))
        .expect("in force");
    let new = shipped()
        .in_force("PE", day("2026-06-30"))
        .expect("in force");
    assert_eq!(
        figures(old, &without_taxes(), &[]),
        [
            "Ad valorem 2601.52",
            "IGV 9548.89",
            "IPM 1193.62",
            "Percepción del IGV 2464.82"
        ]
    );
    assert_eq!(
        figures(new, &without_taxes(), &[]),
        [
            "Ad valorem 2601.52",
            "IGV 9250.49",
            "IPM 1492.01",
            "Percepción del IGV 2464.81"
        ]
    );
    assert_eq!(
        figures(new, &without_taxes(), &["FIRST_IMPORT", "USED_GOODS"])[3],
        "Percepción del IGV, primera importación 7042.31"
    );
    assert_eq!(
        figures(new, &without_taxes(), &["USED_GOODS"])[3],
        "Percepción del IGV, bienes usados 3521.16"
    );
}

#[test]
fn each_jurisdiction_takes_its_own_of_its_own_base() {
    let table: [(&str, &[&str], &[&str]); 6] = [
        ("EU", &[], &["Customs duty (TARIC) 2601.52"]),
        (
            "US",
            &[],
            &[
                "Customs duty (HTSUS) 2344.80",
                "Merchandise processing fee 182.47",
                "Harbor maintenance fee 65.86",
            ],
        ),
        (
            "US",
            &["NO_PORT"],
            &[
                "Customs duty (HTSUS) 2344.80",
                "Merchandise processing fee 182.47",
            ],
        ),
        ("CO", &[], &["Gravamen arancelario 2601.52", "IVA 11339.33"]),
        ("CL", &[], &["Derecho ad valorem 3424.74", "IVA 11495.73"]),
        (
            "CL",
            &["TRADE_AGREEMENT"],
            &["Derecho ad valorem con acuerdo 2601.52", "IVA 11339.33"],
        ),
    ];
    for (jurisdiction, given, expected) in table {
        let pack = shipped()
            .in_force(jurisdiction, day("2026-11-24"))
            .expect("in force");
        assert_eq!(
            figures(pack, &without_taxes(), given),
            expected,
            "{jurisdiction}"
        );
    }
}

/// One product, whose cost is its price.
fn sheet(currency: &str, price: &str) -> Sheet {
    let mut sheet = ningbo();
    sheet.currency = currency.parse().expect(currency);
    sheet.lines.clear();
    sheet.products.truncate(1);
    sheet.products[0].quantity = 1;
    sheet.products[0].unit_price = price.parse().expect(price);
    sheet.products[0].currency = sheet.currency;
    sheet.products[0].duty = Ppm::parse_percent("5").expect("five");
    sheet
}

#[test]
fn a_fee_has_its_floor_and_its_cap() {
    let us = shipped()
        .in_force("US", day("2026-11-24"))
        .expect("in force");
    for (price, fee) in [
        ("9000", "33.58"),
        ("9694", "33.58"),
        ("9695", "33.58"),
        ("9696", "33.59"),
        ("188077", "651.50"),
        ("188078", "651.50"),
        ("5000000", "651.50"),
    ] {
        let expected = format!("Merchandise processing fee {fee}");
        assert_eq!(
            figures(us, &sheet("USD", price), &[])[1],
            expected,
            "{price}"
        );
    }
}

#[test]
fn mexico_rounds_each_tax_of_the_document_to_pesos() {
    let mexico = shipped()
        .in_force("MX", day("2026-11-24"))
        .expect("in force");
    // Of 10,050: 502.50 of duty, half a peso down; 80.40 of DTA; 16 % of 10,632.
    let expected = [
        "Impuesto general de importación 502.00",
        "Derecho de trámite aduanero 80.00",
        "IVA 1701.00",
    ];
    assert_eq!(figures(mexico, &sheet("MXN", "10050"), &[]), expected);
    // In another currency there are no pesos to round to.
    let expected = [
        "Impuesto general de importación 502.50",
        "Derecho de trámite aduanero 80.40",
        "IVA 1701.26",
    ];
    assert_eq!(figures(mexico, &sheet("USD", "10050"), &[]), expected);
    assert_eq!(
        figures(mexico, &sheet("MXN", "10050"), &["TREATY_ORIGIN"]).len(),
        2
    );
}

#[test]
fn a_document_is_rounded_once_and_not_twice() {
    let table = [
        // 0.4986 is 0.50 in cents, and still not half a sol.
        ("HALF_UP", "2.77", "none"),
        ("HALF_UP", "2.78", "1.00"),
        ("HALF_UP", "25", "5.00"),
        ("HALF_EVEN", "25", "4.00"),
        ("HALF_EVEN", "41.6666", "8.00"),
        ("HALF_DOWN", "25", "4.00"),
        ("HALF_DOWN", "25.01", "5.00"),
        ("UP", "0.06", "1.00"),
        ("UP", "5.55", "2.00"),
        ("DOWN", "11.11", "1.00"),
        ("DOWN", "11.12", "2.00"),
        ("DOWN", "5.55", "none"),
    ];
    for (mode, price, vat) in table {
        let text = BASE
            .replace("HALF_UP", mode)
            .replace("at_least = \"100 PEN\"\n", "");
        let packs = Packs::load([(BASE_FILE, text.as_str())]).expect("good");
        let pack = packs.iter().next().expect("there");
        let mut sheet = sheet("PEN", price);
        sheet.products[0].duty = Ppm::ZERO;
        let proposed = pack.import_lines(&sheet, &cases(&["TAXED"])).expect("good");
        let line = proposed.iter().find(|one| one.line.name == "vat");
        let amount = line.map(|one| match one.line.charge {
            Charge::Fixed(amount) => amount.to_string(),
            other @ (Charge::Rate { .. } | Charge::Tariff(_)) => format!("{other:?}"),
        });
        assert_eq!(amount.as_deref().unwrap_or("none"), vat, "{mode} {price}");
    }
}

#[test]
fn what_is_asked_for_again_takes_the_place_of_what_was_there() {
    let us = shipped()
        .in_force("US", day("2026-11-24"))
        .expect("in force");
    let mut sheet = sheet("USD", "1000");
    let first = us.import_lines(&sheet, &Cases::new()).expect("good");
    sheet.lines.extend(first.iter().map(|one| one.line.clone()));
    sheet.products[0].unit_price = "5000000".parse().expect("a price");
    let again = us.import_lines(&sheet, &Cases::new()).expect("good");
    assert_eq!(again.len(), first.len());
    assert_eq!(again[1].line.charge, Charge::Fixed(of("651.50", "USD")));
    assert_eq!(
        again[1].source,
        "CBP Dec. 25-10, 90 FR 34665, table of 19 CFR 24.23(b)(1)(i)"
    );
    sheet.products.clear();
    let error = us
        .import_lines(&sheet, &Cases::new())
        .expect_err("no goods");
    assert_eq!(error.code(), "no_products");
}
