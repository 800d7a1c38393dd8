//! A workbook (.xlsx) as two tables. Every number is the one that stands in its cell, or is
//! refused: spreadsheets keep binary floats, which are right for fifteen digits and no more.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, Reader as _, Xlsx, XlsxError};
use zip::ZipArchive;

use super::problem::{Problem, SheetError, SheetFile};
use super::table::{Field, Table};
use crate::Sheet;

/// Far more than the two sheets of the most rows.
const PACKED_MAX: usize = 4 << 20;
/// The same when it is unpacked: what a small file must not grow to.
const UNPACKED_MAX: u64 = 32 << 20;
const PARTS_MAX: usize = 500;
/// More columns than a sheet has are refused without looking at them.
const COLUMNS_MAX: usize = 40;
/// Digits that every binary float of a spreadsheet keeps right.
const EXACT_DIGITS: usize = 15;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Refuses what is no workbook, or too large, before anything of it is read.
pub(super) fn open(bytes: &[u8]) -> Result<Workbook<'_>, Problem> {
    if bytes.len() > PACKED_MAX {
        return Err(Problem::WorkbookTooLarge);
    }
    let mut parts = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Problem::NotWorkbook)?;
    if parts.len() > PARTS_MAX {
        return Err(Problem::WorkbookTooLarge);
    }
    let mut left = UNPACKED_MAX;
    let mut unpacked = Vec::new();
    for at in 0..parts.len() {
        // What a part says of its own size is not believed.
        let part = parts.by_index(at).map_err(|_| Problem::NotWorkbook)?;
        unpacked.clear();
        let read = part.take(left + 1).read_to_end(&mut unpacked);
        let length = read
            .map_err(|_| Problem::NotWorkbook)?
            .try_into()
            .unwrap_or(u64::MAX);
        left = left.checked_sub(length).ok_or(Problem::WorkbookTooLarge)?;
    }
    Xlsx::new(Cursor::new(bytes)).map_err(|_| Problem::NotWorkbook)
}

/// The sheet of this name: its first row is the header, empty rows are passed over. Reads at most
/// the rows that a project may have and one more.
pub(super) fn read(
    workbook: &mut Workbook<'_>,
    file: SheetFile,
    max_rows: usize,
) -> Result<Table, SheetError> {
    let wrong = |problem| SheetError::of(file, problem);
    let name: &str = file.into();
    let names = workbook.sheet_names().into_iter();
    let mut named = names.filter(|sheet| sheet.trim().eq_ignore_ascii_case(name));
    let sheet = named
        .next()
        .ok_or_else(|| wrong(Problem::MissingSheet(file)))?;
    let grid = grid(workbook, &sheet, max_rows).map_err(|_| wrong(Problem::NotWorkbook))?;
    let mut rows = grid.into_iter();
    let (first, header) = rows.next().ok_or_else(|| wrong(Problem::NoRows))?;
    if first != 1 {
        return Err(wrong(Problem::NoRows));
    }
    let header: Vec<Field> = header.into_iter().map(|(value, _)| plain(&value)).collect();
    let rows = rows.map(|(number, cells)| {
        let mut fields: Vec<Field> = Vec::new();
        for (at, (value, is_percent)) in cells.iter().enumerate() {
            let column = header.get(at).and_then(|name| name.as_deref().ok());
            fields.push(field(value, *is_percent, column.unwrap_or_default().trim()));
        }
        // Cells at the end that are empty need not be there.
        while fields.len() < header.len() {
            fields.push(Ok(String::new()));
        }
        (number, fields)
    });
    Ok(Table {
        file,
        rows: rows.collect(),
        header,
        sheet: Some(sheet.clone()),
    })
}

/// A row with its number and, cell by cell up to its last one, the value and whether it is shown as
/// a percentage.
type GridRow = (u64, Vec<(Data, bool)>);

fn grid(
    workbook: &mut Workbook<'_>,
    sheet: &str,
    max_rows: usize,
) -> Result<Vec<GridRow>, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut rows: Vec<GridRow> = Vec::new();
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let (row, column) = cell.get_position();
        let (number, column) = (
            u64::from(row) + 1,
            usize::try_from(column).unwrap_or(usize::MAX),
        );
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        if rows.last().is_none_or(|last| last.0 != number) {
            if rows.len() > max_rows + 1 {
                break;
            }
            rows.push((number, Vec::new()));
        }
        let Some((_, fields)) = rows.last_mut() else {
            continue;
        };
        let style = cells.styles().get(style);
        let format = style.and_then(|style| style.number_format.as_ref());
        let is_percent = format.is_some_and(|format| format.format_code.contains('%'));
        let at = column.min(COLUMNS_MAX);
        if fields.len() <= at {
            fields.resize(at + 1, (Data::Empty, false));
        }
        fields[at] = (Data::from(cell.get_value().clone()), is_percent);
    }
    Ok(rows)
}

/// The text of a cell for the column that it stands in.
fn field(value: &Data, is_percent: bool, column: &str) -> Field {
    match value {
        Data::Float(_) | Data::Int(_) if column == "hs_code" => Err(Problem::NotText),
        Data::Float(_) | Data::Int(_) if is_percent => {
            if column.ends_with("_pct") {
                Ok(hundredfold(&plain(value)?))
            } else {
                Err(Problem::Percentage)
            }
        }
        _ => plain(value),
    }
}

fn plain(value: &Data) -> Field {
    match value {
        Data::Empty => Ok(String::new()),
        Data::String(text) => Ok(text.clone()),
        Data::Int(number) => Ok(number.to_string()),
        Data::Float(number) => decimal(number.to_string()),
        Data::Bool(answer) => Ok(if *answer { "yes" } else { "no" }.to_owned()),
        Data::Error(error) => Err(Problem::Formula(error.to_string())),
        _ => Err(Problem::Date),
    }
}

/// The shortest decimal that names the float is the one that was typed, as long as it has no more
/// digits than a float keeps right.
fn decimal(shortest: String) -> Field {
    let digits = shortest
        .bytes()
        .filter(u8::is_ascii_digit)
        .collect::<Vec<_>>();
    let first = digits
        .iter()
        .position(|digit| *digit != b'0')
        .unwrap_or(digits.len());
    let last = digits.iter().rposition(|digit| *digit != b'0').unwrap_or(0);
    if digits.is_empty() || (last + 1).saturating_sub(first) > EXACT_DIGITS {
        return Err(Problem::NotExact(shortest));
    }
    Ok(shortest)
}

/// What a percentage stands for: `0.06` is shown as 6 %.
fn hundredfold(decimal: &str) -> String {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", decimal),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{decimals:0<2}");
    let (moved, rest) = padded.split_at(2);
    let whole = format!("{whole}{moved}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        some => some,
    };
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

/// Both sheets.
pub(super) fn tables(bytes: &[u8]) -> Result<(Table, Table), Vec<SheetError>> {
    let mut workbook =
        open(bytes).map_err(|problem| vec![SheetError::of(SheetFile::Goods, problem)])?;
    let goods = read(&mut workbook, SheetFile::Goods, Sheet::MAX_PRODUCTS);
    let costs = read(&mut workbook, SheetFile::Costs, Sheet::MAX_LINES);
    match (goods, costs) {
        (Ok(goods), Ok(costs)) => Ok((goods, costs)),
        (goods, costs) => Err(goods.err().into_iter().chain(costs.err()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_one_that_was_typed_or_none() {
        for (number, text) in [
            (28.5, Some("28.5")),
            ("9.8000000000000007".parse().expect("a number"), Some("9.8")),
            (9.8, Some("9.8")),
            (0.1 + 0.2, None),
            (600.0, Some("600")),
            (1e20, Some("100000000000000000000")),
            (123_456_789.012_345, Some("123456789.012345")),
            (-0.000_001, Some("-0.000001")),
            (0.0, Some("0")),
            (f64::NAN, None),
        ] {
            assert_eq!(plain(&Data::Float(number)).ok().as_deref(), text);
        }
    }

    #[test]
    fn a_percentage_is_what_is_shown() {
        for (stored, shown) in [
            ("0.06", "6"),
            ("0.0035", "0.35"),
            ("1", "100"),
            ("0", "0"),
            ("0.185", "18.5"),
            ("-0.5", "-50"),
            ("12.3456", "1234.56"),
        ] {
            assert_eq!(hundredfold(stored), shown);
        }
    }
}
