//! The costs file: one row, one cost line.

use money::{Currency, Money, Ppm};
use strum::VariantNames;

use super::problem::{Problem, SheetError};
use super::table::{Columns, Row, Table, excerpt, read_rows};
use crate::{
    AdValorem, AllocationKey, Base, Charge, CostLine, Kind, Rate, Sheet, Specific, Tariff,
};

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
    optional: &["in_vat_base", "specific", "at_least", "at_most"],
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
    let limited = given("at_least") || given("at_most");
    match (given("amount"), given("rate_pct"), given("specific")) {
        (true, false, false) if !limited => return amount(row, sheet),
        (true, _, _) => row.tell(None, Problem::AmountAndRate),
        (false, false, false) => row.tell(None, Problem::NoAmountNoRate),
        (false, true, false) if !limited => {
            let AdValorem { rate, base } = ad_valorem(row)?;
            // A rate takes its base's currency; what stands here may only agree with that.
            if !row.field("currency").is_empty() {
                row.currency("currency", sheet);
            }
            return Some(Charge::Rate { rate, base });
        }
        (false, rate, _) => return tariff(row, sheet, rate),
    }
    None
}

fn ad_valorem(row: &mut Row<'_>) -> Option<AdValorem> {
    let rate = row.get("rate_pct", rate);
    let base: Option<Base> = row.word("base", &Base::NAMES);
    Some(AdValorem {
        rate: rate?,
        base: base?,
    })
}

fn tariff(row: &mut Row<'_>, sheet: &Sheet, has_rate: bool) -> Option<Charge> {
    let ad_valorem = has_rate.then(|| ad_valorem(row));
    if !has_rate && !row.field("base").is_empty() {
        row.tell(Some("base"), Problem::BaseOfAmount);
    }
    let currency = row.currency("currency", sheet)?;
    let specific = row.get_optional("specific", |text| specific(text, currency));
    if specific.is_none() && !row.field("specific").is_empty() {
        return None;
    }
    let mut limit = |column| row.get_optional(column, |text| Ok(Money::parse(text, currency)?));
    let (at_least, at_most) = (limit("at_least"), limit("at_most"));
    Some(Charge::Tariff(Tariff {
        ad_valorem: match ad_valorem {
            Some(rate) => Some(rate?),
            None => None,
        },
        specific,
        at_least,
        at_most,
    }))
}

/// An amount for each unit or kilogram, as in `3.50/kg`.
fn specific(text: &str, currency: Currency) -> Result<Specific, Problem> {
    let unknown = || Problem::UnknownWord {
        found: excerpt(text),
        allowed: "an amount for each unit or kilogram, as in 0.25/unit or 3.50/kg".to_owned(),
    };
    let (amount, per) = text.split_once('/').ok_or_else(unknown)?;
    Ok(Specific {
        amount: amount.parse()?,
        currency,
        per: per.parse().map_err(|_| unknown())?,
    })
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
