//! Workbooks: the example is the two CSV files' sheet; every wrong cell is named; nothing that a
//! float would change is taken.

use costing::{Rates, Sheet, SheetError, read_sheet, read_workbook_with};
use money::Currency;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

const GOODS: &str = include_str!("../../../examples/ningbo-home-goods.csv");
const COSTS: &str = include_str!("../../../examples/ningbo-home-goods.costs.csv");
const EXAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/ningbo-home-goods.xlsx"
);

fn read(book: &[u8]) -> Result<Sheet, Vec<SheetError>> {
    read_workbook_with(book, Currency::USD, Rates::new())
}

/// The CSV files as somebody would type them: numbers as numbers, codes and words as text.
fn example() -> Workbook {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 1).expect("a date");
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for (name, file) in [("goods", GOODS), ("costs", COSTS)] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, line) in (0..).zip(file.lines()) {
            for (column, field) in (0..).zip(line.split(',')) {
                let is_text = name == "goods" && column == 2;
                match field.parse::<f64>() {
                    Ok(number) if !is_text => sheet.write(row, column, number),
                    _ => sheet.write(row, column, field),
                }
                .expect("a cell");
            }
        }
    }
    book
}

fn saved(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().expect("a workbook")
}

/// The example after somebody changed the goods.
fn with(change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = example();
    change(book.worksheet_from_name("goods").expect("the goods"));
    saved(book)
}

fn told(book: &[u8]) -> Vec<String> {
    let errors = read(book).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test, not a setting"
)]
fn the_example_is_the_sheet_of_the_two_files() {
    let files = read_sheet(GOODS.as_bytes(), COSTS.as_bytes(), Currency::USD);
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(EXAMPLE, saved(example())).expect("a writable file");
    }
    let book = std::fs::read(EXAMPLE).expect("the example");
    assert_eq!(read(&book), files);
    assert_eq!(read(&saved(example())), files);
}

#[test]
fn a_cell_that_is_not_what_it_seems_is_named() {
    let date = ExcelDateTime::from_ymd(2026, 11, 24).expect("a date");
    let (percent, day) = (
        Format::new().set_num_format("0.00%"),
        Format::new().set_num_format("yyyy-mm-dd"),
    );
    let unexact = with(|sheet| {
        sheet.write(1, 5, 0.1 + 0.2).expect("a cell");
        sheet.write(2, 2, 8516.6).expect("a cell");
        sheet
            .write_with_format(3, 3, 0.5, &percent)
            .expect("a cell");
        sheet.write_with_format(4, 5, &date, &day).expect("a cell");
        sheet.write(5, 1, "lamp\u{202e}").expect("a cell");
    });
    assert_eq!(
        told(&unexact),
        [
            "goods!F2, column unit_price: `0.30000000000000004` can't be read exactly; round it, \
             or format the cell as text and write it out",
            "goods!C3, column hs_code: a number loses its zeros; format the cell as text and \
             write it out",
            "goods!D4, column quantity: this is a percentage; format the cell as a number",
            "goods!F5, column unit_price: this is a date or a time; format the cell as a number \
             or as text",
            "goods!B6, column name: the text must have at most 200 characters, and none that \
             nobody sees",
        ]
    );
}

#[test]
fn a_percentage_and_a_formula_count_as_they_are_shown() {
    let percent = Format::new().set_num_format("0%");
    let same = with(|sheet| {
        sheet
            .write_with_format(1, 9, 0.06, &percent)
            .expect("a cell");
        let formula = rust_xlsxwriter::Formula::new("=300*2").set_result("600");
        sheet.write(1, 3, formula).expect("a cell");
    });
    assert_eq!(read(&same), read(&saved(example())));
}

#[test]
fn what_is_no_workbook_or_grows_too_large_is_refused_as_a_whole() {
    assert_eq!(
        told(b"sku,name"),
        ["goods: this is no workbook that can be read; save it as .xlsx"]
    );
    let mut cut = saved(example());
    cut.truncate(cut.len() / 2);
    assert_eq!(
        told(&cut),
        ["goods: this is no workbook that can be read; save it as .xlsx"]
    );

    // Forty million equal bytes pack to some ten thousand.
    let large = "the workbook is too large; leave only the sheets `goods` and `costs` in it";
    let bomb = with(|sheet| {
        for row in 0..1_300 {
            sheet
                .write(row + 100, 1, "x".repeat(32_000) + &row.to_string())
                .expect("a cell");
        }
    });
    assert!(bomb.len() < 1_000_000);
    assert_eq!(told(&bomb), [format!("goods: {large}")]);
    assert_eq!(told(&vec![0; 5 << 20]), [format!("goods: {large}")]);

    let mut lonely = Workbook::new();
    lonely.add_worksheet().set_name("Goods").expect("a name");
    assert_eq!(
        told(&saved(lonely)),
        [
            "goods: there are no rows; write a header and at least one row below it",
            "costs: the workbook has no sheet `costs`; give one this name",
        ]
    );
}
