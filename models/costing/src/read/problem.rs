//! What can be wrong with a sheet file, where it is, and what to do about it.

use std::fmt;

use money::{Currency, MoneyError};

use crate::{LineError, Product};

/// One of the two files of a sheet, or one of the two sheets of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SheetFile {
    /// The products.
    Goods,
    /// The cost lines.
    Costs,
}

/// One thing that is wrong: the file, the row as an editor counts it (the header is row 1), the
/// column by its name, and the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetError {
    /// Which file.
    pub file: SheetFile,
    /// Which row; none when it is the file as a whole.
    pub row: Option<u64>,
    /// Which column; none when it is the row or the file as a whole.
    pub column: Option<Box<str>>,
    /// Where that is in a workbook, as in `goods!F2`; none in a CSV file.
    pub cell: Option<Box<str>>,
    /// What is wrong.
    pub problem: Problem,
}

impl SheetError {
    /// Something that is wrong with the file as a whole.
    pub(super) fn of(file: SheetFile, problem: Problem) -> Self {
        Self {
            file,
            row: None,
            column: None,
            cell: None,
            problem,
        }
    }
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            row,
            column,
            cell,
            problem,
        } = self;
        match (cell, row) {
            (Some(cell), _) => f.write_str(cell)?,
            (None, Some(row)) => write!(f, "{file}, row {row}")?,
            (None, None) => write!(f, "{file}")?,
        }
        if let Some(column) = column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {problem}")
    }
}

impl std::error::Error for SheetError {}

/// What is wrong in one place, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Bytes that are no text.
    #[error("this is not UTF-8 text; save the file as CSV UTF-8")]
    NotUtf8,
    /// No header, or nothing below it.
    #[error("there are no rows; write a header and at least one row below it")]
    NoRows,
    /// More rows than a project may have.
    #[error("there are more than {0} rows; split the project")]
    TooManyRows(usize),
    /// The header lacks a column.
    #[error("the column is missing; add it to the header")]
    MissingColumn,
    /// The header has a column twice.
    #[error("the column stands twice in the header; remove one")]
    DuplicateColumn,
    /// The header has a column that means nothing here.
    #[error("the column is not known; remove it, or correct its name")]
    UnknownColumn,
    /// Another separator than the comma.
    #[error("the columns are separated by `;`; save the file with commas")]
    WrongSeparator,
    /// A row that is longer or shorter than the header.
    #[error("the row has {found} fields and the header {expected}; quote a field that has a comma")]
    FieldCount {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// An empty field that may not be empty.
    #[error("the field is empty; fill it in")]
    Missing,
    /// A text that is too long, or with characters that nobody sees.
    #[error("the text must have at most {0} characters, and none that nobody sees")]
    BadText(usize),
    /// Not a tariff heading.
    #[error("`{0}` is not an HS code; write 4 to 12 digits, with or without points")]
    BadHsCode(String),
    /// Not a whole number of units.
    #[error(
        "`{0}` is not a quantity; write a whole number from 1 to {max}",
        max = Product::MAX_QUANTITY
    )]
    BadQuantity(String),
    /// A number that can't be kept exactly, or is none.
    #[error("{0}")]
    Number(#[from] MoneyError),
    /// Zero or less where something must be above it.
    #[error("`{0}` must be above zero")]
    NotPositive(String),
    /// A word that is none of the allowed ones.
    #[error("`{found}` is not known; use one of {allowed}")]
    UnknownWord {
        /// What stands there.
        found: String,
        /// What may stand there.
        allowed: String,
    },
    /// A product code that stood before.
    #[error("the sku `{sku}` stands in row {first} already; give each product its own")]
    DuplicateSku {
        /// The code.
        sku: String,
        /// Where it stood first.
        first: u64,
    },
    /// A currency that is neither the project's nor has a rate.
    #[error("{found} is not the project's currency {project}, and there is no rate for it")]
    WrongCurrency {
        /// What stands there.
        found: Currency,
        /// The project's currency.
        project: Currency,
    },
    /// An amount and a rate in one line.
    #[error("the line has both an amount and a rate; leave one of them empty")]
    AmountAndRate,
    /// Neither amount nor rate in a line.
    #[error("the line has neither an amount nor a rate; fill in one of them")]
    NoAmountNoRate,
    /// A base beside an amount.
    #[error("an amount has no base; leave it empty, or give a rate instead of the amount")]
    BaseOfAmount,
    /// The line contradicts itself.
    #[error("{0}")]
    Line(LineError),
    /// Bytes that are no workbook, or a broken one.
    #[error("this is no workbook that can be read; save it as .xlsx")]
    NotWorkbook,
    /// A workbook that is too large, packed or not.
    #[error("the workbook is too large; leave only the sheets `goods` and `costs` in it")]
    WorkbookTooLarge,
    /// One of the two sheets is not there.
    #[error("the workbook has no sheet `{0}`; give one this name")]
    MissingSheet(SheetFile),
    /// A number that a spreadsheet keeps with more digits than it can keep right.
    #[error("`{0}` can't be read exactly; round it, or format the cell as text and write it out")]
    NotExact(String),
    /// A date or a time, where no column has any.
    #[error("this is a date or a time; format the cell as a number or as text")]
    Date,
    /// A percentage where no percentage stands.
    #[error("this is a percentage; format the cell as a number")]
    Percentage,
    /// A number where its zeros matter.
    #[error("a number loses its zeros; format the cell as text and write it out")]
    NotText,
    /// A formula that came to nothing.
    #[error("the formula gives {0}; put it right")]
    Formula(String),
}

impl Problem {
    /// The stable code of the problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::NoRows => "no_rows",
            Self::TooManyRows(_) => "too_many_rows",
            Self::MissingColumn => "missing_column",
            Self::DuplicateColumn => "duplicate_column",
            Self::UnknownColumn => "unknown_column",
            Self::WrongSeparator => "wrong_separator",
            Self::FieldCount { .. } => "field_count",
            Self::Missing => "missing_value",
            Self::BadText(_) => "bad_text",
            Self::BadHsCode(_) => "bad_hs_code",
            Self::BadQuantity(_) => "bad_quantity",
            Self::Number(number) => number.code(),
            Self::NotPositive(_) => "not_positive",
            Self::UnknownWord { .. } => "unknown_word",
            Self::DuplicateSku { .. } => "duplicate_sku",
            Self::WrongCurrency { .. } => "wrong_currency",
            Self::AmountAndRate => "amount_and_rate",
            Self::NoAmountNoRate => "no_amount_no_rate",
            Self::BaseOfAmount => "base_of_amount",
            Self::Line(line) => line.code(),
            Self::NotWorkbook => "not_workbook",
            Self::WorkbookTooLarge => "workbook_too_large",
            Self::MissingSheet(_) => "missing_sheet",
            Self::NotExact(_) => "not_exact",
            Self::Date => "date_cell",
            Self::Percentage => "percentage_cell",
            Self::NotText => "not_text",
            Self::Formula(_) => "formula_error",
        }
    }
}
