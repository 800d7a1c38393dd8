//! Duties and taxes as cost lines.

use costing::{Charge, CostLine, Kind, Sheet, compute, read_sheet};
use money::{Currency, Ppm};
use rules::{Cases, Pack, Packs, shipped};

use crate::{BASE, BASE_FILE, base, day, of};

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
            .in_force(jurisdiction, day("2026-09-24"))
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
        .in_force("US", day("2026-09-24"))
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
        let pack = pack(&text);
        let mut sheet = sheet("PEN", price);
        sheet.products[0].duty = Ppm::ZERO;
        let figures = figures(&pack, &sheet, &["TAXED"]);
        let amount = figures.iter().find_map(|text| text.strip_prefix("vat "));
        assert_eq!(amount.unwrap_or("none"), vat, "{mode} {price}");
    }
}

/// Two products of 1,000.30, the first without duty and the second at 20 %.
fn one_of_two_is_free(currency: &str) -> Sheet {
    let mut sheet = sheet(currency, "1000.30");
    let mut other = sheet.products[0].clone();
    "OTHER".clone_into(&mut other.sku);
    other.duty = Ppm::parse_percent("20").expect("twenty");
    sheet.products[0].duty = Ppm::ZERO;
    sheet.products.push(other);
    sheet
}

fn pack(text: &str) -> Pack {
    let packs = Packs::load([(BASE_FILE, text)]).expect("good");
    packs.iter().next().expect("there").clone()
}

/// The parts of a line that the pack adds, in minor units.
fn parts(pack: &Pack, sheet: &Sheet, name: &str) -> Vec<i64> {
    let proposed = pack.import_lines(sheet, &Cases::new());
    let mut whole = sheet.clone();
    let lines = proposed.expect("good").into_iter().map(|one| one.line);
    whole.lines.extend(lines);
    let costing = compute(&whole, Ppm::ZERO).expect("good");
    let cost = costing.lines.iter().find(|cost| cost.line.name == name);
    let parts = &cost.expect("it is due").parts;
    parts.iter().map(|part| part.minor()).collect()
}

#[test]
fn goods_that_are_free_of_duty_stay_free_when_it_is_rounded_or_limited() {
    let mexico = shipped()
        .in_force("MX", day("2026-11-24"))
        .expect("in force");
    // 200.06, to the peso below.
    let duty = "Impuesto general de importación";
    let sheet = one_of_two_is_free("MXN");
    assert_eq!(parts(mexico, &sheet, duty), [0, 20_000]);
    for (limit, expected) in [
        ("at_least = \"300 PEN\"", [0, 30_000]),
        ("at_most = \"50 PEN\"", [0, 5_000]),
    ] {
        let limited = format!("per_product = true\n{limit}");
        let text = BASE.replace("per_product = true", &limited);
        let pack = pack(&text);
        let sheet = one_of_two_is_free("PEN");
        assert_eq!(parts(&pack, &sheet, "duty"), expected, "{limit}");
    }
}

#[test]
fn products_with_rates_of_their_own_are_rounded_once_and_not_twice() {
    // 18 % of 2.77 and of 2.78: 0.4986 is 0.50 in cents, and still not half a sol.
    for (price, duty) in [("2.77", None), ("2.78", Some("duty 1.00"))] {
        let mut sheet = sheet("PEN", price);
        sheet.products[0].duty = Ppm::parse_percent("18").expect("eighteen");
        let figures = figures(&base(), &sheet, &[]);
        let found = figures.iter().find(|text| text.starts_with("duty"));
        assert_eq!(found.map(String::as_str), duty, "{price}");
    }
    // Half-even to the cent is what costing does of a document by itself: 0.20 % of three times
    // 1.00 are 0.006, alone nothing each.
    let text = BASE.replace("mode = \"HALF_UP\"\nto = \"1 PEN\"", "mode = \"HALF_EVEN\"");
    let mut sheet = sheet("PEN", "1.00");
    for sku in ["TWO", "THREE"] {
        let mut other = sheet.products[0].clone();
        sku.clone_into(&mut other.sku);
        sheet.products.push(other);
    }
    for product in &mut sheet.products {
        product.duty = Ppm::parse_percent("0.2").expect("a fifth");
    }
    assert_eq!(parts(&pack(&text), &sheet, "duty"), [1, 0, 0]);
}

#[test]
fn a_fee_and_its_limits_stay_live_when_the_sheet_changes() {
    let us = shipped()
        .in_force("US", day("2026-09-24"))
        .expect("in force");
    let mut sheet = sheet("USD", "1000");
    let proposed = us.import_lines(&sheet, &Cases::new()).expect("good");
    let lines = proposed.into_iter().map(|one| one.line);
    sheet.lines.extend(lines);
    for (price, fee) in [("1000", 3_358), ("100000", 34_640), ("5000000", 65_150)] {
        sheet.products[0].unit_price = price.parse().expect("a price");
        let costing = compute(&sheet, Ppm::ZERO).expect("good");
        let cost = costing
            .lines
            .iter()
            .find(|cost| cost.line.name == "Merchandise processing fee");
        assert_eq!(cost.expect("proposed").amount.minor(), fee, "{price}");
    }
}

#[test]
fn a_duty_may_be_an_amount_for_each_kilogram_or_the_greater_of_both() {
    let line = |charge: &str| {
        let text = BASE.replace(
            "rate_ppm = 180000\nbase = \"CIF_PLUS_DUTY\"",
            &charge.replace('|', "\n"),
        );
        let from = text.find("[import.rounding]").expect("it rounds");
        let to = text.find("[[import.lines]]").expect("it has lines");
        pack(&format!("{}{}", &text[..from], &text[to..]))
    };
    let mut sheet = sheet("PEN", "100");
    sheet.products[0].quantity = 3;
    sheet.products[0].unit_weight = "2.5".parse().expect("a weight");
    sheet.products[0].duty = Ppm::ZERO;
    let dollar = "3.70".parse().expect("a rate");
    sheet.rates.insert(Currency::USD, dollar);
    // 300.00 of goods, three of 7.5 kilograms together; the fee of 100.00 is in the base.
    let table = [
        ("specific = { amount = \"0.30 USD\", per = \"kg\" }", "8.32"),
        (
            "specific = { amount = \"0.002 UIT\", per = \"unit\" }",
            "25.80",
        ),
        (
            "rate_ppm = 20000|base = \"CIF\"|specific = { amount = \"0.30 USD\", per = \"kg\" }",
            "8.32",
        ),
        (
            "rate_ppm = 30000|base = \"CIF\"|specific = { amount = \"0.30 USD\", per = \"kg\" }",
            "9.00",
        ),
    ];
    for (charge, vat) in table {
        let figures = figures(&line(charge), &sheet, &["TAXED"]);
        assert_eq!(figures.last(), Some(&format!("vat {vat}")), "{charge}");
    }
}

#[test]
fn what_comes_to_nothing_is_left_out() {
    let peru = shipped()
        .in_force("PE", day("2026-06-30"))
        .expect("in force");
    let mut free = without_taxes();
    for product in &mut free.products {
        product.duty = Ppm::ZERO;
    }
    let figures = figures(peru, &free, &[]);
    assert_eq!(figures.len(), 3, "{figures:?}");
    assert!(figures[0].starts_with("IGV "), "{figures:?}");
    // Less than half a cent for each product.
    let cents = sheet("PEN", "0.01");
    let proposed = peru.import_lines(&cents, &Cases::new()).expect("good");
    assert_eq!(proposed, []);
}

#[test]
fn a_case_that_the_rules_do_not_have_is_refused() {
    let peru = shipped()
        .in_force("PE", day("2026-06-30"))
        .expect("in force");
    assert_eq!(peru.cases(), cases(&["FIRST_IMPORT", "USED_GOODS"]));
    let misspelt = peru.import_lines(&without_taxes(), &cases(&["FRIST_IMPORT"]));
    let error = misspelt.expect_err("no such case");
    assert_eq!(error.code(), "unknown_case");
    assert_eq!(
        error.to_string(),
        "the rules PE@2026-01-01 have no case `FRIST_IMPORT`; there is: FIRST_IMPORT, USED_GOODS"
    );
}

#[test]
fn what_is_asked_for_again_takes_the_place_of_what_was_there() {
    let us = shipped()
        .in_force("US", day("2026-09-24"))
        .expect("in force");
    let mut sheet = sheet("USD", "1000");
    let first = us.import_lines(&sheet, &Cases::new()).expect("good");
    sheet.lines.extend(first.iter().map(|one| one.line.clone()));
    sheet.products[0].unit_price = "5000000".parse().expect("a price");
    let again = us.import_lines(&sheet, &Cases::new()).expect("good");
    assert_eq!(again.len(), first.len());
    assert_eq!(again, first);
    let Charge::Tariff(fee) = again[1].line.charge else {
        panic!("a fee within limits");
    };
    let limits = (Some(of("33.58", "USD")), Some(of("651.50", "USD")));
    assert_eq!((fee.at_least, fee.at_most), limits);
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
