//! The landed cost of an import project (domain.md §4): a sheet of products and cost lines in,
//! exact cost per product out. Pure: files come in as bytes, rates as given by the caller.
//!
//! Deliberately absent: jurisdictions. What a rule pack decides reaches this model as lines.

mod compute;
mod costing;
mod kind;
mod line;
mod read;
mod render;
mod sheet;
mod stage;
mod tariff;

pub use compute::{CostingError, compute, exact};
pub use costing::{Costing, LineCost, ProductCost, RecoverableTaxes, Totals};
pub use kind::{AllocationKey, Base, Kind, UnknownBase};
pub use line::{Charge, CostLine, LineError, Rate};
pub use read::{Problem, SheetError, SheetFile, read_sheet, read_sheet_with, read_workbook_with};
pub use render::render_table;
pub use sheet::{Exchange, Product, Rates, Sheet};
pub use tariff::{AdValorem, Per, Specific, Tariff};
