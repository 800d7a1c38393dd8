//! Reading a cost sheet from its two CSV files, or from a workbook with two sheets, with everything
//! that is wrong told at once.
//!
//! The formats are those of `examples/README.md`, with three optional columns: in the goods file
//! `planned_unit_price`, in the costs file `in_vat_base`; and a base of `CIF_GROSSED_UP:110`.

mod costs;
mod file;
mod goods;
mod problem;
mod table;
mod workbook;

use money::Currency;

use crate::{Rates, Sheet};
use table::Table;

pub use problem::{Problem, SheetError, SheetFile};

/// Reads a sheet whose prices and amounts are all in the project's currency.
pub fn read_sheet(
    goods: &[u8],
    costs: &[u8],
    currency: Currency,
) -> Result<Sheet, Vec<SheetError>> {
    read_sheet_with(goods, costs, currency, Rates::new())
}

/// Reads a sheet whose prices and amounts are in the project's currency or one with a rate.
///
/// Refuses with every place that is wrong, in the order of the files and their rows.
pub fn read_sheet_with(
    goods: &[u8],
    costs: &[u8],
    currency: Currency,
    rates: Rates,
) -> Result<Sheet, Vec<SheetError>> {
    let goods = file::read(SheetFile::Goods, goods, Sheet::MAX_PRODUCTS);
    let costs = file::read(SheetFile::Costs, costs, Sheet::MAX_LINES);
    read_tables((goods, costs), currency, rates)
}

/// Reads a sheet from the two sheets `goods` and `costs` of an .xlsx file; others are passed over.
/// The columns are those of the CSV files. A cell that is shown as a percentage counts as it is
/// shown, a formula as what it came to when the file was saved.
///
/// Refuses as [`read_sheet_with`], and a file that is too large or grows too large.
pub fn read_workbook_with(
    workbook: &[u8],
    currency: Currency,
    rates: Rates,
) -> Result<Sheet, Vec<SheetError>> {
    let (goods, costs) = workbook::tables(workbook)?;
    read_tables((Ok(goods), Ok(costs)), currency, rates)
}

fn read_tables(
    (goods, costs): (Result<Table, SheetError>, Result<Table, SheetError>),
    currency: Currency,
    rates: Rates,
) -> Result<Sheet, Vec<SheetError>> {
    let mut errors = Vec::new();
    let sheet = Sheet {
        currency,
        rates,
        products: Vec::new(),
        lines: Vec::new(),
    };
    let (mut products, mut lines) = (Vec::new(), Vec::new());
    match goods {
        Ok(table) => products = goods::read(&table, &sheet, &mut errors),
        Err(error) => errors.push(error),
    }
    match costs {
        Ok(table) => lines = costs::read(&table, &sheet, &mut errors),
        Err(error) => errors.push(error),
    }
    if errors.is_empty() {
        Ok(Sheet {
            products,
            lines,
            ..sheet
        })
    } else {
        Err(errors)
    }
}
