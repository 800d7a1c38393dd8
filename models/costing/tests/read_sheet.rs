//! Bad files: every place that is wrong is named, all of them at once.

use costing::{SheetError, read_sheet};
use money::Currency;

const GOODS: &str = include_str!("../../../examples/ningbo-home-goods.csv");
const COSTS: &str = include_str!("../../../examples/ningbo-home-goods.costs.csv");

fn read(goods: &[u8], costs: &[u8]) -> Vec<SheetError> {
    read_sheet(goods, costs, Currency::USD)
        .err()
        .unwrap_or_default()
}

/// `file row column code`, with `-` for what is not said.
fn places(errors: &[SheetError]) -> Vec<String> {
    let place = |SheetError {
                     file,
                     row,
                     column,
                     cell: _,
                     problem,
                 }: &SheetError| {
        let row = row.map_or("-".to_owned(), |row| row.to_string());
        format!(
            "{file} {row} {} {}",
            column.as_deref().unwrap_or("-"),
            problem.code()
        )
    };
    errors.iter().map(place).collect()
}

/// The example with one field of the goods' second row changed.
fn with_product(column: usize, value: &str) -> String {
    changed(GOODS, column, value)
}

/// The example with one field of the first cost line, the freight, changed.
fn with_freight(column: usize, value: &str) -> String {
    changed(COSTS, column, value)
}

fn changed(file: &str, column: usize, value: &str) -> String {
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    let mut fields: Vec<&str> = lines[1].split(',').collect();
    fields[column] = value;
    lines[1] = fields.join(",");
    lines.join("\n")
}

#[test]
fn a_wrong_field_of_a_product_is_named_with_its_row_and_column() {
    let digits = "9".repeat(300);
    let table: [(usize, &str, &str); 24] = [
        (0, "", "sku missing_value"),
        (0, &digits, "sku bad_text"),
        (1, " ", "name missing_value"),
        (2, "85", "hs_code bad_hs_code"),
        (2, "8516-60", "hs_code bad_hs_code"),
        (3, "0", "quantity bad_quantity"),
        (3, "-5", "quantity bad_quantity"),
        (3, "+5", "quantity bad_quantity"),
        (3, "1.5", "quantity bad_quantity"),
        (3, "1000000001", "quantity bad_quantity"),
        (3, &digits, "quantity bad_quantity"),
        (4, "", "unit missing_value"),
        (5, "0", "unit_price not_positive"),
        (5, "-28.50", "unit_price negative"),
        (5, "28.1234567", "unit_price too_many_decimals"),
        (5, "$28", "unit_price malformed_amount"),
        (5, &digits, "unit_price overflow"),
        (6, "XYZ", "currency unknown_currency"),
        (6, "EUR", "currency wrong_currency"),
        (7, "-1", "unit_weight_kg negative"),
        (7, "heavy", "unit_weight_kg malformed_amount"),
        (8, "0.0000001", "unit_volume_m3 too_many_decimals"),
        (9, "-6", "duty_rate_pct negative"),
        (9, "6%", "duty_rate_pct malformed_amount"),
    ];
    for (column, value, place) in table {
        let errors = read(with_product(column, value).as_bytes(), COSTS.as_bytes());
        assert_eq!(places(&errors), [format!("goods 2 {place}")], "{value}");
    }
}

#[test]
fn a_wrong_field_of_a_cost_line_is_named_with_its_row_and_column() {
    let digits = "9".repeat(300);
    let table: [(usize, &str, &str); 17] = [
        (0, "BRIBE", "kind unknown_word"),
        (0, "freight", "kind unknown_word"),
        (1, "", "name missing_value"),
        (2, "0", "amount amount_not_positive"),
        (2, "-4200", "amount amount_not_positive"),
        (2, "4200.001", "amount too_many_decimals"),
        (2, "4.200,00", "- field_count"),
        (2, "4e3", "amount malformed_amount"),
        (2, &digits, "amount overflow"),
        (2, "", "- no_amount_no_rate"),
        (3, "", "currency missing_value"),
        (3, "EUR", "currency wrong_currency"),
        (4, "5", "- amount_and_rate"),
        (5, "FOB", "base base_of_amount"),
        (6, "BY_LUCK", "allocation unknown_word"),
        (6, "BY_CIF", "allocation part_of_cif"),
        (7, "maybe", "recoverable unknown_word"),
    ];
    for (column, value, place) in table {
        let errors = read(GOODS.as_bytes(), with_freight(column, value).as_bytes());
        assert_eq!(places(&errors), [format!("costs 2 {place}")], "{value}");
    }
}

#[test]
fn a_wrong_rate_line_is_named_with_its_row_and_column() {
    let header = COSTS.lines().next().expect("a header");
    let table = [
        (
            "FREIGHT,x,,USD,5,FOB_PLUS_FREIGHT,BY_VALUE,no",
            "base base_too_late",
        ),
        (
            "VAT,x,,USD,18,CIF_PLUS_DUTY_PLUS_VAT,PER_PRODUCT,yes",
            "base base_too_late",
        ),
        ("VAT,x,,USD,18,,PER_PRODUCT,yes", "base missing_value"),
        ("VAT,x,,USD,18,EXW,PER_PRODUCT,yes", "base unknown_word"),
        (
            "VAT,x,,USD,0,CIF,PER_PRODUCT,yes",
            "rate_pct rate_not_positive",
        ),
        ("VAT,x,,USD,-18,CIF,PER_PRODUCT,yes", "rate_pct negative"),
        (
            "VAT,x,,USD,0.00001,CIF,PER_PRODUCT,yes",
            "rate_pct too_many_decimals",
        ),
        (
            "VAT,x,,USD,own,CIF,PER_PRODUCT,yes",
            "rate_pct malformed_amount",
        ),
        (
            "VAT,x,,PEN,18,CIF,PER_PRODUCT,yes",
            "currency wrong_currency",
        ),
        (
            "CUSTOMS_DUTY,x,,USD,per_product,CIF,BY_CIF,no",
            "allocation rate_needs_per_product",
        ),
        (
            "OTHER,x,,USD,1,CIF_GROSSED_UP,EQUAL,no",
            "base grossed_up_not_insurance",
        ),
        (
            "OTHER,x,5,USD,,,PER_PRODUCT,no",
            "allocation amount_per_product",
        ),
    ];
    for (row, place) in table {
        let errors = read(GOODS.as_bytes(), format!("{header}\n{row}\n").as_bytes());
        assert_eq!(places(&errors), [format!("costs 2 {place}")], "{row}");
    }
    let without_currency = format!("{header}\nVAT,x,,,18,CIF,PER_PRODUCT,yes\n");
    assert_eq!(read(GOODS.as_bytes(), without_currency.as_bytes()), []);
}

#[test]
fn all_that_is_wrong_in_both_files_is_told_at_once() {
    let goods = GOODS
        .replace("600,unit,28.50,USD", "0,unit,-1,EUR")
        .replace("BS-10", "AF-50");
    let costs = COSTS
        .replace("4200.00,USD", "4200.001,EUR")
        .replace("EQUAL,no", "EVEN,perhaps");
    let expected = [
        "goods 2 quantity bad_quantity",
        "goods 2 unit_price negative",
        "goods 2 currency wrong_currency",
        "goods 3 sku duplicate_sku",
        "costs 2 currency wrong_currency",
        "costs 2 amount too_many_decimals",
        "costs 12 allocation unknown_word",
        "costs 12 recoverable unknown_word",
    ];
    assert_eq!(places(&read(goods.as_bytes(), costs.as_bytes())), expected);
}

#[test]
fn a_message_says_where_what_and_what_to_do() {
    let goods = with_product(6, "EUR");
    let costs = with_freight(0, "BRIBE");
    let errors = read(goods.as_bytes(), costs.as_bytes());
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages[0],
        "goods, row 2, column currency: EUR is not the project's currency USD, and there is no \
         rate for it"
    );
    let start = "costs, row 2, column kind: `BRIBE` is not known; use one of FREIGHT, INSURANCE";
    assert!(messages[1].starts_with(start), "{}", messages[1]);
}

#[test]
fn a_header_that_can_not_be_trusted_is_told_column_by_column() {
    let good = GOODS.lines().next().expect("a header");
    let table = [
        (
            good.replace("hs_code,", ""),
            vec!["goods 1 hs_code missing_column"],
        ),
        (
            good.replace("unit,", "sku,"),
            vec![
                "goods 1 sku duplicate_column",
                "goods 1 unit missing_column",
            ],
        ),
        (
            good.replace("name", "title"),
            vec![
                "goods 1 title unknown_column",
                "goods 1 name missing_column",
            ],
        ),
        (good.replace(',', ";"), vec!["goods 1 - wrong_separator"]),
    ];
    for (header, expected) in table {
        let goods = GOODS.replace(good, &header);
        assert_eq!(
            places(&read(goods.as_bytes(), COSTS.as_bytes())),
            expected,
            "{header}"
        );
    }
}

#[test]
fn a_file_that_is_no_sheet_is_refused_as_a_whole() {
    let header = GOODS.lines().next().expect("a header");
    let table: [(&[u8], &str); 5] = [
        (b"", "goods - - no_rows"),
        (b"\xef\xbb\xbf", "goods - - no_rows"),
        (header.as_bytes(), "goods - - no_rows"),
        (b"\xff\xfes\0k\0u\0", "goods 1 - not_utf8"),
        (b"\xff\xfe", "goods 1 - not_utf8"),
    ];
    for (goods, place) in table {
        assert_eq!(places(&read(goods, COSTS.as_bytes())), [place]);
    }
    let endless = format!("{header}\n{}", "x\n".repeat(1_002));
    let errors = places(&read(endless.as_bytes(), COSTS.as_bytes()));
    assert_eq!(
        errors.last().map(String::as_str),
        Some("goods - - too_many_rows")
    );
}

#[test]
fn bytes_that_are_no_text_are_told_where_they_stand() {
    let mut goods = GOODS.as_bytes().to_vec();
    let at = GOODS.find("Air fryer").expect("in the example");
    goods[at] = 0xe9;
    assert_eq!(
        places(&read(&goods, COSTS.as_bytes())),
        ["goods 2 name not_utf8"]
    );
}

#[test]
fn byte_order_mark_line_ends_spaces_and_blank_lines_do_no_harm() {
    let plain = read_sheet(GOODS.as_bytes(), COSTS.as_bytes(), Currency::USD);
    let goods = format!(
        "\u{feff}{}",
        GOODS.replace('\n', "\r\n").replace(',', " , ")
    );
    let costs = COSTS.replace('\n', "\n\n");
    assert_eq!(
        read_sheet(goods.as_bytes(), costs.as_bytes(), Currency::USD),
        plain
    );
}

#[test]
fn rows_are_counted_as_an_editor_counts_them() {
    let quoted = GOODS.replace("Air fryer 5 L", "\"Air fryer,\n5 L\"");
    let blank = GOODS.replace("BS-10", "\n\nBS-10");
    let table = [
        (GOODS.to_owned(), 3),
        (GOODS.replace('\n', "\r\n"), 3),
        (format!("\u{feff}{GOODS}"), 3),
        (blank.clone(), 5),
        (blank.replace('\n', "\r\n"), 5),
    ];
    for (goods, row) in table {
        let errors = read(goods.replace("8518.21", "x").as_bytes(), COSTS.as_bytes());
        assert_eq!(
            places(&errors),
            [format!("goods {row} hs_code bad_hs_code")]
        );
    }
    let errors = read(quoted.replace("8518.21", "x").as_bytes(), COSTS.as_bytes());
    assert_eq!(
        places(&errors),
        ["goods 2 name bad_text", "goods 4 hs_code bad_hs_code"]
    );
}
