//! The order of evaluation and each base, on figures small enough to check in one's head.

use costing::{Costing, CostingError, Kind, Sheet, compute, read_sheet, read_sheet_with};
use money::{Currency, Ppm};

const GOODS_HEADER: &str = "sku,name,hs_code,quantity,unit,unit_price,currency,unit_weight_kg,\
                            unit_volume_m3,duty_rate_pct";
const COSTS_HEADER: &str =
    "kind,name,amount,currency,rate_pct,base,allocation,recoverable,in_vat_base";

/// Two products of 600 and 400 dollars, the second with ten times the weight and no volume.
const TWO: &str = "A,First,1234.56,60,unit,10,USD,1,0.5,10\nB,Second,1234.57,40,unit,10,USD,15,0,0";

fn sheet(costs: &str) -> Sheet {
    let goods = format!("{GOODS_HEADER}\n{TWO}\n");
    let costs = format!("{COSTS_HEADER}\n{costs}\n");
    read_sheet(goods.as_bytes(), costs.as_bytes(), Currency::USD).expect("a good sheet")
}

fn costing(costs: &str) -> Costing {
    compute(&sheet(costs), Ppm::new(250_000)).expect("a good sheet")
}

/// The amounts of the lines of one kind, in minor units, with their parts.
fn parts(costing: &Costing, kind: Kind) -> Vec<(i64, Vec<i64>)> {
    let lines = costing.lines.iter().filter(|cost| cost.line.kind == kind);
    lines
        .map(|cost| {
            (
                cost.amount.minor(),
                cost.parts.iter().map(|part| part.minor()).collect(),
            )
        })
        .collect()
}

#[test]
fn each_key_shares_a_line_out_by_its_own_measure() {
    let table = [
        ("BY_VALUE", [6_000, 4_000]),
        ("BY_QUANTITY", [6_000, 4_000]),
        ("BY_WEIGHT", [909, 9_091]),
        ("BY_VOLUME", [10_000, 0]),
        ("BY_CIF", [6_000, 4_000]),
        ("EQUAL", [5_000, 5_000]),
    ];
    for (key, shares) in table {
        let costing = costing(&format!("OTHER,x,100.00,USD,,,{key},no,"));
        assert_eq!(
            parts(&costing, Kind::Other),
            [(10_000, shares.to_vec())],
            "{key}"
        );
    }
}

#[test]
fn each_base_is_made_of_what_stands_before_it() {
    // Written in the wrong order on purpose: the kinds decide the order.
    let costing = costing(
        "PLATFORM_FEE,fee,,USD,10,TOTAL_BEFORE_FEES,BY_VALUE,no,\n\
         CONTINGENCY,spare,,USD,10,TOTAL_BEFORE_FEES,BY_VALUE,no,\n\
         OTHER,broker,48.40,USD,,,BY_VALUE,no,\n\
         TAX_ADVANCE,advance,,USD,10,CIF_PLUS_DUTY_PLUS_VAT,BY_VALUE,yes,\n\
         VAT,vat,,USD,10,CIF_PLUS_DUTY,BY_VALUE,yes,\n\
         PORT_HANDLING,port,88.40,USD,,,BY_VALUE,no,yes\n\
         EXCISE,excise,,USD,10,CIF_PLUS_DUTY,BY_VALUE,no,\n\
         CUSTOMS_DUTY,duty,,USD,10,CIF,BY_VALUE,no,\n\
         INSURANCE,cover,,USD,10,FOB_PLUS_FREIGHT,BY_VALUE,no,\n\
         FREIGHT,ship,,USD,10,FOB,BY_VALUE,no,",
    );
    let table = [
        (Kind::Freight, 10_000),
        (Kind::Insurance, 11_000),
        (Kind::CustomsDuty, 12_100),
        (Kind::Excise, 13_310),
        (Kind::PortHandling, 8_840),
        // 1331.00 CIF and duty, 133.10 excise, 88.40 in the VAT base.
        (Kind::Vat, 15_525),
        // The 1552.50 that VAT is taken of, and 155.25 VAT, rounded to even.
        (Kind::TaxAdvance, 17_078),
        (Kind::Other, 4_840),
        // Goods and all but the two recoverable lines: 1600.90.
        (Kind::Contingency, 16_009),
        // 1600.90 and the contingency: 1760.99.
        (Kind::PlatformFee, 17_610),
    ];
    let order: Vec<_> = costing
        .lines
        .iter()
        .map(|c| (c.line.kind, c.amount.minor()))
        .collect();
    assert_eq!(order, table);
    assert_eq!(costing.totals.cif.minor(), 121_000);
    assert_eq!(costing.totals.total_cost.minor(), 193_709);
    assert_eq!(costing.totals.recoverable_taxes.minor(), 32_603);
    assert_eq!(costing.totals.cash_need.minor(), 226_312);
}

#[test]
fn per_product_takes_each_products_own_duty_and_rounds_there() {
    let costing = costing(
        "CUSTOMS_DUTY,duty,,USD,per_product,CIF,PER_PRODUCT,no,\n\
         VAT,vat,,USD,0.0015,CIF_PLUS_DUTY,PER_PRODUCT,yes,\n\
         OTHER,other,,USD,0.0015,CIF_PLUS_DUTY,BY_VALUE,no,",
    );
    assert_eq!(
        parts(&costing, Kind::CustomsDuty),
        [(6_000, vec![6_000, 0])]
    );
    // 0.99 and 0.60 cents are a cent each; together 1.59 cents are two as well, by value 1.2 : 0.8.
    assert_eq!(parts(&costing, Kind::Vat), [(2, vec![1, 1])]);
    assert_eq!(parts(&costing, Kind::Other), [(2, vec![1, 1])]);
}

#[test]
fn a_grossed_up_premium_insures_itself_too() {
    // 20 % of all of CIF: 1000 / 0.8 = 1250, so the premium is 250.
    let whole = costing("INSURANCE,cover,,USD,20,CIF_GROSSED_UP,BY_VALUE,no,");
    assert_eq!(
        parts(&whole, Kind::Insurance),
        [(25_000, vec![15_000, 10_000])]
    );
    // 20 % of 125 % of CIF is 25 % of it: 1000 / 0.75 - 1000.
    let more = costing("INSURANCE,cover,,USD,20,CIF_GROSSED_UP:125,PER_PRODUCT,no,");
    assert_eq!(
        parts(&more, Kind::Insurance),
        [(33_333, vec![20_000, 13_333])]
    );
}

#[test]
fn several_lines_of_one_kind_do_not_see_each_other() {
    let costing = costing(
        "INSURANCE,one,,USD,10,FOB_PLUS_FREIGHT,BY_VALUE,no,\n\
         INSURANCE,two,,USD,10,FOB_PLUS_FREIGHT,BY_VALUE,no,",
    );
    let premium = (10_000, vec![6_000, 4_000]);
    assert_eq!(parts(&costing, Kind::Insurance), [premium.clone(), premium]);
    assert_eq!(costing.products[0].lines[&Kind::Insurance].minor(), 12_000);
}

#[test]
fn other_currencies_are_converted_at_their_rate_once() {
    let goods = format!(
        "{GOODS_HEADER},planned_unit_price\nA,First,123456,3,unit,0.333333,CNY,1,1,0,1.5\n"
    );
    let costs = format!("{COSTS_HEADER}\nFREIGHT,ship,1000,CLP,,,BY_VALUE,no,\n");
    let rates = [("CNY", "0.1405"), ("CLP", "0.00105")]
        .map(|(code, rate)| (code.parse().expect(code), rate.parse().expect(rate)));
    let (goods, costs) = (goods.as_bytes(), costs.as_bytes());
    let sheet = read_sheet_with(goods, costs, Currency::USD, rates.into()).expect("a good sheet");
    let costing = compute(&sheet, Ppm::ZERO).expect("a good sheet");
    // 0.999999 yuan are 0.14049986 dollars; 1000 pesos are 1.05.
    assert_eq!(costing.totals.goods.to_string(), "0.14");
    assert_eq!(costing.totals.logistics.to_string(), "1.05");
    let json = costing.to_json().expect("figures fit");
    assert_eq!(json["products"][0]["landed_unit_cost"], "0.3967");
    assert_eq!(json["products"][0]["planned_unit_price"], "1.5000");

    let unrated = Sheet {
        rates: costing::Rates::new(),
        ..sheet
    };
    let refused = compute(&unrated, Ppm::ZERO).map_err(|error| error.code());
    assert_eq!(refused, Err("missing_rate"));
}

#[test]
fn currencies_of_no_and_of_three_decimals_are_exact_too() {
    for (currency, goods_total, landed) in [("CLP", "10", "11"), ("KWD", "10.001", "11.001")] {
        let price = goods_total;
        let goods = format!("{GOODS_HEADER}\nA,First,123456,1,unit,{price},{currency},1,1,0\n");
        let costs = format!("{COSTS_HEADER}\nFREIGHT,ship,1,{currency},,,EQUAL,no,\n");
        let currency = currency.parse().expect(currency);
        let sheet = read_sheet(goods.as_bytes(), costs.as_bytes(), currency).expect("good");
        let costing = compute(&sheet, Ppm::ZERO).expect("good");
        assert_eq!(costing.totals.goods.to_string(), goods_total);
        assert_eq!(costing.totals.total_cost.to_string(), landed);
    }
}

#[test]
fn a_sheet_that_can_not_be_worked_out_is_refused_by_its_code() {
    type Edit = fn(&mut Sheet);
    let good = sheet("OTHER,x,1.00,USD,,,BY_VALUE,no,");
    let edits: [(&str, Edit); 7] = [
        ("no_products", |s| s.products.clear()),
        ("duplicate_sku", |s| s.products[1].sku = "A".into()),
        ("quantity_out_of_range", |s| s.products[0].quantity = 0),
        ("price_not_positive", |s| {
            s.products[0].unit_price = "0".parse().expect("zero");
        }),
        ("too_many_lines", |s| {
            s.lines = vec![s.lines[0].clone(); Sheet::MAX_LINES + 1];
        }),
        ("amount_per_product", |s| {
            s.lines[0].allocation = costing::AllocationKey::PerProduct;
        }),
        ("overflow", |s| {
            s.products[0].unit_price = "10000000000000".parse().expect("the largest");
        }),
    ];
    for (code, edit) in edits {
        let mut sheet = good.clone();
        edit(&mut sheet);
        assert_eq!(
            compute(&sheet, Ppm::ZERO).map_err(|error| error.code()),
            Err(code)
        );
    }
}

#[test]
fn a_key_that_no_product_has_is_refused_with_the_line_named() {
    let mut sheet = sheet("STORAGE,Shed,1.00,USD,,,BY_VOLUME,no,");
    sheet.products.remove(0);
    let refused = compute(&sheet, Ppm::ZERO).expect_err("no volume at all");
    let CostingError::Line { kind, name, source } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(
        (*kind, name.as_str(), source.code()),
        (Kind::Storage, "Shed", "nothing_to_allocate_by")
    );
}
