//! The goods file: one row, one product.

use std::collections::BTreeMap;

use money::{Ppm, UnitPrice};

use super::problem::{Problem, SheetError};
use super::table::{Columns, Row, Table, excerpt, read_rows};
use crate::{Product, Sheet};

const COLUMNS: Columns = Columns {
    required: &[
        "sku",
        "name",
        "hs_code",
        "quantity",
        "unit",
        "unit_price",
        "currency",
        "unit_weight_kg",
        "unit_volume_m3",
        "duty_rate_pct",
    ],
    optional: &["planned_unit_price"],
};

pub(super) fn read(table: &Table, sheet: &Sheet, errors: &mut Vec<SheetError>) -> Vec<Product> {
    let mut skus = BTreeMap::new();
    read_rows(table, &COLUMNS, Sheet::MAX_PRODUCTS, errors, |row| {
        let product = product(row, sheet);
        let sku = row.field("sku");
        if let Some(first) = skus.get(&sku).copied() {
            row.tell(
                Some("sku"),
                Problem::DuplicateSku {
                    sku: excerpt(&sku),
                    first,
                },
            );
        } else if !sku.is_empty() {
            skus.insert(sku, row.number);
        }
        product
    })
}

/// Reads every field before giving up on the row, so that all of them are told.
fn product(row: &mut Row<'_>, sheet: &Sheet) -> Option<Product> {
    let sku = row.text("sku", 64);
    let name = row.text("name", 200);
    let hs_code = row.get("hs_code", hs_code);
    let quantity = row.get("quantity", quantity);
    let unit = row.text("unit", 20);
    let unit_price = row.get("unit_price", price);
    let currency = row.currency("currency", sheet);
    let unit_weight = row.get("unit_weight_kg", |text| Ok(text.parse()?));
    let unit_volume = row.get("unit_volume_m3", |text| Ok(text.parse()?));
    let duty = row.get("duty_rate_pct", |text| Ok(Ppm::parse_percent(text)?));
    let planned_price = row.get_optional("planned_unit_price", price);
    Some(Product {
        sku: sku?,
        name: name?,
        hs_code: hs_code?,
        quantity: quantity?,
        unit: unit?,
        unit_price: unit_price?,
        currency: currency?,
        unit_weight: unit_weight?,
        unit_volume: unit_volume?,
        duty: duty?,
        planned_price,
    })
}

fn hs_code(text: &str) -> Result<String, Problem> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_digits_and_points = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if only_digits_and_points && (4..=12).contains(&digits) && text.len() <= 20 {
        Ok(text.to_owned())
    } else {
        Err(Problem::BadHsCode(excerpt(text)))
    }
}

fn quantity(text: &str) -> Result<u32, Problem> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|quantity| digits && (1..=Product::MAX_QUANTITY).contains(quantity))
        .ok_or_else(|| Problem::BadQuantity(excerpt(text)))
}

fn price(text: &str) -> Result<UnitPrice, Problem> {
    let price: UnitPrice = text.parse()?;
    if price.is_zero() {
        Err(Problem::NotPositive(excerpt(text)))
    } else {
        Ok(price)
    }
}
