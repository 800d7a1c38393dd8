//! The costs file: one row, one cost line.

use money::{Money, Ppm};
use strum::VariantNames;

use super::problem::{Problem, SheetError};
use super::table::{Columns, Row, Table, excerpt, read_rows};
use crate::{AllocationKey, Base, Charge, CostLine, Kind, Rate, Sheet};

const COLUMNS: Columns = Columns {
    required: &[
        "kind",
        "name",
        "amount",
        "currency",
        "rate_pct",
        "base",
        "allocation",
        "recoverable",
    ],
    optional: &["in_vat_base"],
};

pub(super) fn read(table: &Table, sheet: &Sheet, errors: &mut Vec<SheetError>) -> Vec<CostLine> {
    read_rows(table, &COLUMNS, Sheet::MAX_LINES, errors, |row| {
        let line = line(row, sheet)?;
        for refusal in line.refusals() {
            row.tell(Some(refusal.column()), Problem::Line(refusal));
        }
        Some(line)
    })
}

/// Reads every field before giving up on the row, so that all of them are told.
fn line(row: &mut Row<'_>, sheet: &Sheet) -> Option<CostLine> {
    let kind: Option<Kind> = row.word("kind", Kind::VARIANTS);
    let name = row.text("name", 200);
    let charge = charge(row, sheet);
    let allocation: Option<AllocationKey> = row.word("allocation", AllocationKey::VARIANTS);
    let recoverable = row.get("recoverable", yes_or_no);
    let in_vat_base = row.get_optional("in_vat_base", yes_or_no).unwrap_or(false);
    Some(CostLine {
        kind: kind?,
        name: name?,
        charge: charge?,
        allocation: allocation?,
        recoverable: recoverable?,
        in_vat_base,
    })
}

fn charge(row: &mut Row<'_>, sheet: &Sheet) -> Option<Charge> {
    let given = |column| !row.field(column).is_empty();
    match (given("amount"), given("rate_pct")) {
        (true, true) => row.tell(None, Problem::AmountAndRate),
        (false, false) => row.tell(None, Problem::NoAmountNoRate),
        (true, false) => return amount(row, sheet),
        (false, true) => {
            let rate = row.get("rate_pct", rate);
            let base: Option<Base> = row.word("base", &Base::NAMES);
            // A rate takes its base's currency; what stands here may only agree with that.
            if !row.field("currency").is_empty() {
                row.currency("currency", sheet);
            }
            return Some(Charge::Rate {
                rate: rate?,
                base: base?,
            });
        }
    }
    None
}

fn amount(row: &mut Row<'_>, sheet: &Sheet) -> Option<Charge> {
    if !row.field("base").is_empty() {
        row.tell(Some("base"), Problem::BaseOfAmount);
    }
    // The amount is checked even when its currency is wrong, so that both are told.
    let currency = row.currency("currency", sheet);
    let decimals_of = currency.unwrap_or(sheet.currency);
    let amount = row.get("amount", |text| Ok(Money::parse(text, decimals_of)?));
    currency.and(amount).map(Charge::Fixed)
}

fn rate(text: &str) -> Result<Rate, Problem> {
    match text {
        "per_product" => Ok(Rate::PerProduct),
        percent => Ok(Rate::Ppm(Ppm::parse_percent(percent)?)),
    }
}

fn yes_or_no(text: &str) -> Result<bool, Problem> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(Problem::UnknownWord {
            found: excerpt(other),
            allowed: "yes, no".to_owned(),
        }),
    }
}
