//! A costing as the text table that an importer prints.

use money::{Money, MoneyError};

use crate::costing::UNIT_PLACES;
use crate::{AdValorem, Base, Charge, Costing, LineCost, Rate, Specific, Tariff};

/// The costing as text: products, cost lines, then the project's figures, in aligned columns.
///
/// Refuses (`overflow`) unit figures that did not come from [`crate::compute`] and do not fit.
pub fn render_table(costing: &Costing) -> Result<String, MoneyError> {
    let totals = &costing.totals;
    let products = products(costing)?;
    let lines = lines(costing);
    let figures = [
        ("Goods", totals.goods),
        ("Logistics (costs that stay)", totals.logistics),
        ("TOTAL COST", totals.total_cost),
        (
            "RECOVERABLE TAXES (cash, not cost)",
            totals.recoverable_taxes,
        ),
        ("CASH NEED", totals.cash_need),
        ("CIF", totals.cif),
        ("Projected return", totals.projected_return),
    ];
    let figures: Vec<_> = figures
        .map(|(name, sum)| vec![name.to_owned(), sum.to_string()])
        .into();
    Ok(format!(
        "Landed cost in {}, margin {}\n\n{}\n{}\n{}",
        costing.currency,
        costing.margin,
        aligned(&products, 2),
        aligned(&lines, 4),
        aligned(&figures, 1),
    ))
}

fn products(costing: &Costing) -> Result<Vec<Vec<String>>, MoneyError> {
    let header = [
        "SKU",
        "Product",
        "Quantity",
        "Goods",
        "CIF",
        "Landed cost",
        "Unit cost",
        "Unit price",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for product in &costing.products {
        rows.push(vec![
            product.sku.clone(),
            product.name.clone(),
            product.quantity.to_string(),
            product.goods.to_string(),
            product.cif.to_string(),
            product.landed_cost.to_string(),
            product.landed_unit_cost.to_decimal(UNIT_PLACES)?,
            product.planned_unit_price.to_decimal(UNIT_PLACES)?,
        ]);
    }
    let totals = &costing.totals;
    let sums = [totals.goods, totals.cif, totals.total_cost].map(|sum| sum.to_string());
    let blanks = std::iter::repeat_n(String::new(), 2);
    rows.push(
        ["Total".to_owned()]
            .into_iter()
            .chain(blanks)
            .chain(sums)
            .collect(),
    );
    Ok(rows)
}

fn lines(costing: &Costing) -> Vec<Vec<String>> {
    let header = [
        "Cost line",
        "Kind",
        "Charge",
        "Shared out",
        "Cost",
        "Recoverable",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for LineCost { line, amount, .. } in &costing.lines {
        let charge = match line.charge {
            Charge::Fixed(fixed) if fixed.currency() == costing.currency => "fixed".to_owned(),
            Charge::Fixed(fixed) => format!("{fixed} {}", fixed.currency()),
            Charge::Rate { rate, base } => rate_text(rate, base),
            Charge::Tariff(tariff) => tariff_text(&tariff),
        };
        let (cost, recoverable) = if line.recoverable {
            (String::new(), amount.to_string())
        } else {
            (amount.to_string(), String::new())
        };
        let (kind, key) = (line.kind.to_string(), line.allocation.to_string());
        rows.push(vec![
            line.name.clone(),
            kind,
            charge,
            key,
            cost,
            recoverable,
        ]);
    }
    let blanks = std::iter::repeat_n(String::new(), 3);
    let sums = [costing.totals.logistics, costing.totals.recoverable_taxes];
    let sums = sums.map(|sum| sum.to_string());
    rows.push(
        ["Total".to_owned()]
            .into_iter()
            .chain(blanks)
            .chain(sums)
            .collect(),
    );
    rows
}

/// As in `0.3464 % of FOB, at least 31.67 USD`.
fn tariff_text(tariff: &Tariff) -> String {
    let rate = |AdValorem { rate, base }| rate_text(rate, base);
    let specific = |one: Specific| format!("{} {}/{}", one.amount, one.currency, one.per);
    let rule = match (tariff.ad_valorem.map(rate), tariff.specific.map(specific)) {
        (Some(rate), Some(specific)) => format!("{rate} or {specific}, the greater"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    };
    let limit = |word: &str, amount: Option<Money>| {
        amount.map(|amount| format!(", {word} {amount} {}", amount.currency()))
    };
    let limits = [
        limit("at least", tariff.at_least),
        limit("at most", tariff.at_most),
    ];
    limits
        .into_iter()
        .flatten()
        .fold(rule, |text, limit| text + &limit)
}

fn rate_text(rate: Rate, base: Base) -> String {
    match rate {
        Rate::Ppm(rate) => format!("{rate} of {base}"),
        Rate::PerProduct => format!("own rate of {base}"),
    }
}

/// Rows as lines of text: the first `left` columns flush left, the others, figures, flush right.
fn aligned(rows: &[Vec<String>], left: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width_of = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width_of).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                if column < left {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
