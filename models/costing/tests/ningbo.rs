//! The Ningbo container: figures worked out by hand and by a second calculation, not by this code.

use costing::{Costing, Kind, RecoverableTaxes, compute, read_sheet, render_table};
use money::{Currency, Ppm};

const GOODS: &[u8] = include_bytes!("../../../examples/ningbo-home-goods.csv");
const COSTS: &[u8] = include_bytes!("../../../examples/ningbo-home-goods.costs.csv");

fn ningbo() -> Costing {
    let sheet = read_sheet(GOODS, COSTS, Currency::USD).expect("a good sheet");
    compute(&sheet, Ppm::parse_percent("30").expect("thirty")).expect("a good sheet")
}

#[test]
fn the_totals_are_those_worked_out_by_hand() {
    let json = ningbo().to_json().expect("figures fit");
    let expected = serde_json::json!({
        "goods": "52680.00",
        "logistics": "10420.60",
        "total_cost": "63100.60",
        "recoverable_taxes": "13207.34",
        "cash_need": "76307.94",
        "cif": "57079.08",
        "projected_return": "18930.18",
    });
    assert_eq!(json["currency"], "USD");
    assert_eq!(json["totals"], expected);
}

#[test]
fn every_line_and_its_parts_are_those_worked_out_by_hand() {
    let table: [(Kind, i64, [i64; 5]); 11] = [
        (
            Kind::Freight,
            420_000,
            [198_621, 43_448, 70_345, 85_517, 22_069],
        ),
        (Kind::Insurance, 19_908, [6_462, 5_555, 3_356, 2_154, 2_381]),
        (Kind::CustomsDuty, 260_152, [114_905, 0, 105_787, 39_460, 0]),
        (
            Kind::Vat,
            1_074_252,
            [365_398, 273_421, 192_148, 125_484, 117_801],
        ),
        (
            Kind::TaxAdvance,
            246_482,
            [83_839, 62_735, 44_087, 28_792, 27_029],
        ),
        (
            Kind::PortHandling,
            68_000,
            [32_158, 7_034, 11_389, 13_846, 3_573],
        ),
        (
            Kind::CustomsBroker,
            65_000,
            [21_808, 17_298, 10_952, 7_489, 7_453],
        ),
        (
            Kind::InlandTransport,
            92_000,
            [28_892, 9_029, 10_001, 36_300, 7_778],
        ),
        (Kind::Storage, 54_000, [25_537, 5_586, 9_044, 10_995, 2_838]),
        (
            Kind::Inspection,
            45_000,
            [14_607, 12_557, 7_585, 4_869, 5_382],
        ),
        (Kind::BankFees, 18_000, [3_600, 3_600, 3_600, 3_600, 3_600]),
    ];
    let costing = ningbo();
    assert_eq!(costing.lines.len(), table.len());
    for (cost, (kind, amount, parts)) in costing.lines.iter().zip(table) {
        let minor: Vec<i64> = cost.parts.iter().map(|part| part.minor()).collect();
        assert_eq!(
            (cost.line.kind, cost.amount.minor(), &minor[..]),
            (kind, amount, &parts[..])
        );
    }
}

#[test]
fn every_product_costs_what_was_worked_out_by_hand() {
    let table = [
        (
            "AF-50", 600, "17100.00", "19150.83", "21565.90", "35.9432", "46.7261",
        ),
        (
            "BS-10", 1500, "14700.00", "15190.03", "15741.07", "10.4940", "13.6423",
        ),
        (
            "TB-35", 1200, "8880.00", "9617.01", "11200.59", "9.3338", "12.1340",
        ),
        (
            "DS-16", 400, "5700.00", "6576.71", "7742.30", "19.3558", "25.1625",
        ),
        (
            "LP-18", 2000, "6300.00", "6544.50", "6850.74", "3.4254", "4.4530",
        ),
    ];
    let json = ningbo().to_json().expect("figures fit");
    for (index, (sku, quantity, goods, cif, landed, unit_cost, unit_price)) in
        table.into_iter().enumerate()
    {
        let mut product = json["products"][index].clone();
        let lines = product["lines"].take();
        assert_eq!(lines.as_object().map(serde_json::Map::len), Some(11));
        let expected = serde_json::json!({
            "sku": sku, "quantity": quantity, "goods": goods, "cif": cif, "lines": null,
            "landed_cost": landed, "landed_unit_cost": unit_cost,
            "planned_unit_price": unit_price,
        });
        assert_eq!(product, expected);
    }
    assert_eq!(json["products"][3]["lines"]["CUSTOMS_DUTY"], "394.60");
    assert_eq!(json["products"][3]["lines"]["VAT"], "1254.84");
}

#[test]
fn the_goal_holds_the_recoverable_taxes_only_when_they_are_financed() {
    let costing = ningbo();
    assert_eq!(
        costing.goal(RecoverableTaxes::PaidByOwner).to_string(),
        "63100.60"
    );
    assert_eq!(
        costing.goal(RecoverableTaxes::Financed).to_string(),
        "76307.94"
    );
}

#[test]
fn the_printed_table_shows_cost_recoverable_tax_and_cash_need_apart() {
    let table = render_table(&ningbo()).expect("figures fit");
    let squeezed: Vec<String> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "Landed cost in USD, margin 30 %",
        "AF-50 Air fryer 5 L 600 17100.00 19150.83 21565.90 35.9432 46.7261",
        "Total 52680.00 57079.08 63100.60",
        "IGV + IPM VAT 18 % of CIF_PLUS_DUTY PER_PRODUCT 10742.52",
        "Ad valorem duty CUSTOMS_DUTY own rate of CIF PER_PRODUCT 2601.52",
        "Total 10420.60 13207.34",
        "TOTAL COST 63100.60",
        "RECOVERABLE TAXES (cash, not cost) 13207.34",
        "CASH NEED 76307.94",
    ] {
        assert!(
            squeezed.iter().any(|printed| printed == line),
            "no line `{line}` in\n{table}"
        );
    }
    assert!(
        table.lines().all(|line| line.chars().count() <= 120),
        "too wide to print:\n{table}"
    );
}

#[test]
fn sheet_and_costing_are_stored_and_read_back_the_same() {
    let sheet = read_sheet(GOODS, COSTS, Currency::USD).expect("a good sheet");
    let stored = serde_json::to_string(&sheet).expect("plain data");
    assert_eq!(
        serde_json::from_str::<costing::Sheet>(&stored).expect("the same"),
        sheet
    );
    let costing = ningbo();
    let stored = serde_json::to_string(&costing).expect("plain data");
    assert_eq!(
        serde_json::from_str::<Costing>(&stored).expect("the same"),
        costing
    );
}
