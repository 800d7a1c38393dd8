//! What tariffs say beyond a rate: amounts for each unit or kilogram, the greater of both, limits
//! of a line, rounding for each product or for the document. Each figure can be checked on paper.

use costing::{Costing, Rates, compute, read_sheet_with};
use money::{Currency, Ppm};

const GOODS_HEADER: &str = "sku,name,hs_code,quantity,unit,unit_price,currency,unit_weight_kg,\
                            unit_volume_m3,duty_rate_pct";
const COSTS_HEADER: &str = "kind,name,amount,currency,rate_pct,base,allocation,recoverable,\
                            specific,at_least,at_most";

/// Cheap and dear shoes: 600 pairs for 3,600 and 400 for 10,000 dollars.
const SHOES: &str = "CHEAP,Sandals,6402.99,600,pair,6,USD,0.5,0.01,0\n\
                     DEAR,Boots,6403.91,400,pair,25,USD,1.25,0.02,0";
/// 600 and 400 dollars of goods.
const TWO: &str = "A,First,8516.60,60,unit,10,USD,1,0.5,10\nB,Second,8516.79,40,unit,10,USD,15,0,0";
/// A thousand shirts of 180 grams, for 1,850 dollars.
const SHIRTS: &str = "TEE,T-shirts,6109.10,1000,unit,1.85,USD,0.18,0.001,15";

fn costing(goods: &str, costs: &str, currency: &str, rates: &[(&str, &str)]) -> Costing {
    let goods = format!("{GOODS_HEADER}\n{goods}\n");
    let costs = format!("{COSTS_HEADER}\n{costs}\n");
    let currency: Currency = currency.parse().expect("a currency");
    let rates: Rates = rates
        .iter()
        .map(|(code, rate)| (code.parse().expect("code"), rate.parse().expect("rate")))
        .collect();
    let sheet = read_sheet_with(goods.as_bytes(), costs.as_bytes(), currency, rates);
    compute(&sheet.expect("a good sheet"), Ppm::ZERO).expect("a good sheet")
}

/// The first line's amount and parts, as they are printed.
fn first(costing: &Costing) -> (String, Vec<String>) {
    let line = &costing.lines[0];
    let parts = line.parts.iter().map(ToString::to_string).collect();
    (line.amount.to_string(), parts)
}

#[test]
fn footwear_pays_the_greater_of_its_rate_and_four_dollars_a_pair() {
    // Pesos at 17.20: 61,920 and 172,000 of value, 35 % of it 21,672 and 60,200;
    // 4.00 dollars a pair are 41,280 and 27,520.
    let table: [(&str, &str, &[&str]); 5] = [
        (",USD,,,PER_PRODUCT,no,4.00/pair,,", "", &[]),
        (
            ",USD,,,PER_PRODUCT,no,4.00/unit,,",
            "68800.00",
            &["41280.00", "27520.00"],
        ),
        (
            ",USD,35,CIF,PER_PRODUCT,no,4.00/unit,,",
            "101480.00",
            &["41280.00", "60200.00"],
        ),
        // Compared as a whole, 81,872 is more than 68,800; shared out by value.
        (
            ",USD,35,CIF,BY_VALUE,no,4.00/unit,,",
            "81872.00",
            &["21672.00", "60200.00"],
        ),
        (
            ",USD,35,CIF,PER_PRODUCT,no,4.00/unit,,5000.00",
            "86000.00",
            &["34983.05", "51016.95"],
        ),
    ];
    for (line, amount, parts) in &table[1..] {
        let line = format!("CUSTOMS_DUTY,duty,{line}");
        let costing = costing(SHOES, &line, "MXN", &[("USD", "17.20")]);
        let parts = parts.iter().map(ToString::to_string).collect();
        assert_eq!(first(&costing), ((*amount).to_owned(), parts), "{line}");
    }
    let wrong = format!("{COSTS_HEADER}\nCUSTOMS_DUTY,duty,{}\n", table[0].0);
    let goods = format!("{GOODS_HEADER}\n{SHOES}\n");
    let refused = read_sheet_with(
        goods.as_bytes(),
        wrong.as_bytes(),
        Currency::USD,
        Rates::new(),
    );
    let refused = refused.expect_err("there are no pairs");
    assert_eq!(refused[0].column.as_deref(), Some("specific"));
    assert_eq!(refused[0].problem.code(), "unknown_word");
}

#[test]
fn shirts_pay_three_dollars_a_kilogram_where_that_is_more_than_their_rate() {
    // 1,850.00 dollars at 950.35 are 1,758,147.5 pesos, to even 1,758,148; 15 % of that is 263,722.
    // 180 kg at 3.00 dollars are 540 dollars: 513,189 pesos. Pesos have no decimals.
    let rate = [("USD", "950.35")];
    let both = "CUSTOMS_DUTY,duty,,USD,per_product,CIF,PER_PRODUCT,no,3.00/kg,,";
    let costing_of = |line: &str| costing(SHIRTS, line, "CLP", &rate);
    assert_eq!(costing_of(both).totals.goods.to_string(), "1758148");
    assert_eq!(first(&costing_of(both)).0, "513189");
    let rate_alone = "CUSTOMS_DUTY,duty,,USD,per_product,CIF,PER_PRODUCT,no,,,";
    assert_eq!(first(&costing_of(rate_alone)).0, "263722");
    // 1.50 dollars a kilogram are 256,594.5 pesos: the rate is more.
    let half = "CUSTOMS_DUTY,duty,,USD,per_product,CIF,PER_PRODUCT,no,1.50/kg,,";
    assert_eq!(first(&costing_of(half)).0, "263722");
    // An amount in pesos with a currency of two decimals: 0.75 a kilogram of 180.
    let pesos = "EXCISE,excise,,COP,,,BY_WEIGHT,no,0.75/kg,,";
    let costing = costing(SHIRTS, pesos, "COP", &[("USD", "4100")]);
    assert_eq!(first(&costing).0, "135.00");
}

#[test]
fn a_processing_fee_has_a_least_and_a_most() {
    // 0.3464 % of 1,000.00 is 3.46: the fee is at least 31.67 and at most 614.35.
    let table: [(&str, &str, &[&str]); 5] = [
        ("0.3464,FOB,BY_VALUE", "31.67", &["19.00", "12.67"]),
        // 2.08 and 1.39 for each product: 31.67 in that proportion.
        ("0.3464,FOB,PER_PRODUCT", "31.67", &["18.98", "12.69"]),
        ("3.464,FOB,BY_VALUE", "34.64", &["20.78", "13.86"]),
        ("80,FOB,BY_VALUE", "614.35", &["368.61", "245.74"]),
        ("80,FOB,PER_DOCUMENT", "614.35", &["368.61", "245.74"]),
    ];
    for (rate, amount, parts) in table {
        let line = format!("OTHER,fee,,USD,{rate},no,,31.67,614.35");
        let parts = parts.iter().map(ToString::to_string).collect();
        let costing = costing(TWO, &line, "USD", &[]);
        assert_eq!(first(&costing), (amount.to_owned(), parts), "{rate}");
    }
}

#[test]
fn a_least_amount_of_parts_below_half_a_cent_keeps_their_proportion() {
    // 0.3464 % of 0.60 and of 0.40 are nothing in cents.
    let goods = "A,First,8516.60,6,unit,0.10,USD,1,0.5,10\nB,Second,8516.79,4,unit,0.10,USD,1,0,0";
    for key in ["PER_PRODUCT", "PER_DOCUMENT"] {
        let line = format!("OTHER,fee,,USD,0.3464,FOB,{key},no,,31.67,");
        let parts = ["19.00", "12.67"].map(str::to_owned).to_vec();
        let costing = costing(goods, &line, "USD", &[]);
        assert_eq!(first(&costing), ("31.67".to_owned(), parts), "{key}");
    }
}

#[test]
fn a_document_rounds_once_what_each_product_would_round_alone() {
    // Cents: 0.42 and 0.28 are nothing each, together 0.7; 0.54 and 0.36 are a cent and nothing,
    // together 0.9; 0.6 and 0.4 are exactly one; 1.5 and 1.0 are 2.5, to even.
    let table: [(&str, [i64; 2], [i64; 2]); 4] = [
        ("0.0007", [0, 0], [1, 0]),
        ("0.0009", [1, 0], [1, 0]),
        ("0.0010", [1, 0], [1, 0]),
        ("0.0025", [2, 1], [1, 1]),
    ];
    for (rate, alone, together) in table {
        for (key, expected) in [("PER_PRODUCT", alone), ("PER_DOCUMENT", together)] {
            let line = format!("OTHER,fee,,USD,{rate},FOB,{key},no,,,");
            let costing = costing(TWO, &line, "USD", &[]);
            let parts: Vec<i64> = costing.lines[0].parts.iter().map(|p| p.minor()).collect();
            assert_eq!(parts, expected, "{rate} {key}");
        }
    }
}

#[test]
fn a_tariff_that_contradicts_itself_is_refused_with_its_place() {
    let table = [
        ("10.00,USD,,,BY_VALUE,no,1/kg,,", "- amount_and_rate"),
        ("10.00,USD,,,BY_VALUE,no,,1,", "- amount_and_rate"),
        (",USD,,,BY_VALUE,no,,1,2", "- no_amount_no_rate"),
        (",USD,,FOB,BY_VALUE,no,1/kg,,", "base base_of_amount"),
        (",,,,BY_VALUE,no,1/kg,,", "currency missing_value"),
        (",EUR,,,BY_VALUE,no,1/kg,,", "currency wrong_currency"),
        (",USD,,,BY_VALUE,no,1,,", "specific unknown_word"),
        (",USD,,,BY_VALUE,no,1/lb,,", "specific unknown_word"),
        (",USD,,,BY_VALUE,no,x/kg,,", "specific malformed_amount"),
        (",USD,,,BY_VALUE,no,0/kg,,", "amount amount_not_positive"),
        (",USD,1,FOB,BY_VALUE,no,,0,", "amount amount_not_positive"),
        (",USD,1,FOB,BY_VALUE,no,,2,1", "at_least limits_contradict"),
        (
            ",USD,1,FOB,BY_VALUE,no,,1.001,",
            "at_least too_many_decimals",
        ),
    ];
    let goods = format!("{GOODS_HEADER}\n{TWO}\n");
    for (line, expected) in table {
        let costs = format!("{COSTS_HEADER}\nOTHER,fee,{line}\n");
        let (goods, costs) = (goods.as_bytes(), costs.as_bytes());
        let errors = read_sheet_with(goods, costs, Currency::USD, Rates::new()).expect_err(line);
        let places: Vec<_> = errors
            .iter()
            .map(|error| {
                let column = error.column.as_deref().unwrap_or("-");
                format!("{column} {}", error.problem.code())
            })
            .collect();
        assert_eq!(places, [expected], "{line}");
    }
}

#[test]
fn a_kilogram_of_nothing_is_refused_when_it_is_worked_out() {
    let goods = format!("{GOODS_HEADER}\nA,First,8516.60,60,unit,10,USD,0,0,10\n");
    let costs = format!("{COSTS_HEADER}\nCUSTOMS_DUTY,duty,,USD,,,PER_PRODUCT,no,3/kg,,\n");
    let (goods, costs) = (goods.as_bytes(), costs.as_bytes());
    let sheet = read_sheet_with(goods, costs, Currency::USD, Rates::new()).expect("read");
    let refused = compute(&sheet, Ppm::ZERO).map_err(|error| error.code());
    assert_eq!(refused, Err("nothing_to_allocate_by"));
}

#[test]
fn a_table_says_how_a_line_is_worked_out() {
    let line = "CUSTOMS_DUTY,duty,,USD,35,CIF,PER_PRODUCT,no,4.00/unit,31.67,5000";
    let table = costing::render_table(&costing(SHOES, line, "MXN", &[("USD", "17.20")]));
    let rule = "35 % of CIF or 4 USD/unit, the greater, at least 31.67 USD, at most 5000.00 USD";
    let table = table.expect("figures fit");
    assert!(table.contains(rule), "{table}");
}

#[test]
fn goods_are_rounded_as_the_invoice_has_them_and_then_converted() {
    // 3 at 0.335 dollars are 1.005, on the invoice 1.00: 17.20 pesos and not 17.29.
    let goods = "A,First,8516.60,3,unit,0.335,USD,1,1,0";
    let costing = costing(
        goods,
        "FREIGHT,ship,1,MXN,,,EQUAL,no,,,",
        "MXN",
        &[("USD", "17.20")],
    );
    assert_eq!(costing.totals.goods.to_string(), "17.20");
}
