//! Reading a cost sheet from its two CSV files, with everything that is wrong told at once.
//!
//! The formats are those of `examples/README.md`, with three optional columns: in the goods file
//! `planned_unit_price`, in the costs file `in_vat_base`; and a base of `CIF_GROSSED_UP:110`.

mod costs;
mod goods;
mod problem;
mod table;

use money::Currency;

use crate::{Rates, Sheet};

pub use problem::{Problem, SheetError, SheetFile};
pub use table::is_seen;

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
    let mut errors = Vec::new();
    let sheet = Sheet {
        currency,
        rates,
        products: Vec::new(),
        lines: Vec::new(),
    };
    let products = goods::read(goods, &sheet, &mut errors);
    let lines = costs::read(costs, &sheet, &mut errors);
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
