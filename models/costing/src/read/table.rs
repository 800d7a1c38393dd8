//! Rows of named fields, from wherever they come; a field is checked where it is read.

use std::collections::BTreeMap;
use std::str::FromStr;

use money::Currency;

use super::problem::{Problem, SheetError, SheetFile};
use crate::Sheet;

/// The columns a file must and may have.
pub(super) struct Columns {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

/// A field's text as it stands, or why it can't be read.
pub(super) type Field = Result<String, Problem>;

/// A file or a sheet before anybody looks at what it says.
pub(super) struct Table {
    pub file: SheetFile,
    /// What the columns are called.
    pub header: Vec<Field>,
    /// The rows below with their numbers, as an editor counts them.
    pub rows: Vec<(u64, Vec<Field>)>,
    /// The name of the sheet, where its cells have addresses.
    pub sheet: Option<String>,
}

impl Table {
    /// What is wrong in one place; the column by its name and its number.
    fn error(&self, row: u64, column: Option<(&str, usize)>, problem: Problem) -> SheetError {
        let cell = self.sheet.as_ref().zip(column);
        SheetError {
            file: self.file,
            row: Some(row),
            column: column.map(|(name, _)| name.into()),
            cell: cell.map(|(sheet, (_, at))| format!("{sheet}!{}{row}", letters(at)).into()),
            problem,
        }
    }
}

/// A column as a spreadsheet names it: A to Z, then AA.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    match column / 26 {
        0 => last.to_string(),
        before => format!("{}{last}", letters(before - 1)),
    }
}

/// One row: its fields by column, and where to tell what is wrong with them.
pub(super) struct Row<'a> {
    pub number: u64,
    table: &'a Table,
    names: &'a [&'static str],
    fields: BTreeMap<&'static str, String>,
    errors: &'a mut Vec<SheetError>,
}

/// Reads a table row by row. What is wrong with its header or a row's shape is told here; with a
/// header that can't be trusted no row is read.
pub(super) fn read_rows<T>(
    table: &Table,
    columns: &Columns,
    max_rows: usize,
    errors: &mut Vec<SheetError>,
    mut read: impl FnMut(&mut Row<'_>) -> Option<T>,
) -> Vec<T> {
    let before = errors.len();
    let names = header_names(table, columns, errors);
    if errors.len() > before {
        return Vec::new();
    }
    if table.rows.len() > max_rows {
        errors.push(SheetError::of(table.file, Problem::TooManyRows(max_rows)));
        return Vec::new();
    }
    if table.rows.is_empty() {
        errors.push(SheetError::of(table.file, Problem::NoRows));
    }
    let mut items = Vec::new();
    for (number, row) in &table.rows {
        if let Some(fields) = fields(table, (*number, row), &names, errors) {
            items.extend(read(&mut Row {
                number: *number,
                table,
                names: &names,
                fields,
                errors,
            }));
        }
    }
    items
}

fn header_names(
    table: &Table,
    columns: &Columns,
    errors: &mut Vec<SheetError>,
) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for (at, field) in table.header.iter().enumerate() {
        let mut tell = |name: Option<&str>, problem| {
            let mut error = table.error(1, Some((name.unwrap_or_default(), at)), problem);
            error.column = name.map(Into::into);
            errors.push(error);
        };
        let field = match field {
            Ok(field) => field.trim(),
            Err(problem) => {
                tell(None, problem.clone());
                return names;
            }
        };
        let mut known = columns.required.iter().chain(columns.optional);
        match known.find(|name| **name == field) {
            Some(name) if names.contains(name) => tell(Some(name), Problem::DuplicateColumn),
            Some(name) => names.push(name),
            None => tell(Some(&excerpt(field)), Problem::UnknownColumn),
        }
    }
    for name in columns.required.iter().filter(|name| !names.contains(name)) {
        errors.push(SheetError {
            row: Some(1),
            column: Some((*name).into()),
            ..SheetError::of(table.file, Problem::MissingColumn)
        });
    }
    names
}

/// The fields of a row of the right shape, without the space around them.
fn fields(
    table: &Table,
    (number, row): (u64, &[Field]),
    names: &[&'static str],
    errors: &mut Vec<SheetError>,
) -> Option<BTreeMap<&'static str, String>> {
    if row.len() != names.len() {
        let problem = Problem::FieldCount {
            found: row.len(),
            expected: names.len(),
        };
        errors.push(table.error(number, None, problem));
        return None;
    }
    let before = errors.len();
    let mut fields = BTreeMap::new();
    for (at, (name, field)) in names.iter().zip(row).enumerate() {
        match field {
            Ok(text) => {
                fields.insert(*name, text.trim().to_owned());
            }
            Err(problem) => {
                errors.push(table.error(number, Some((name, at)), problem.clone()));
            }
        }
    }
    (errors.len() == before).then_some(fields)
}

impl Row<'_> {
    /// Tells that something is wrong with the row, or with one column of it.
    pub fn tell(&mut self, column: Option<&str>, problem: Problem) {
        let place = column.map(|name| {
            let at = self.names.iter().position(|one| *one == name);
            (name, at.unwrap_or_default())
        });
        self.errors
            .push(self.table.error(self.number, place, problem));
    }

    /// The field; empty when it is, or when the file does not have that optional column.
    pub fn field(&self, column: &str) -> String {
        self.fields.get(column).cloned().unwrap_or_default()
    }

    /// The field read by `parse`; none, and told, when it is empty or can't be read.
    pub fn get<T>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let field = self.field(column);
        let parsed = if field.is_empty() {
            Err(Problem::Missing)
        } else {
            parse(&field)
        };
        parsed
            .map_err(|problem| self.tell(Some(column), problem))
            .ok()
    }

    /// The field read by `parse`; none when it is empty, and when it can't be read, which is told.
    pub fn get_optional<T>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        if self.field(column).is_empty() {
            None
        } else {
            self.get(column, parse)
        }
    }

    /// A printable text of at most `max` characters.
    pub fn text(&mut self, column: &str, max: usize) -> Option<String> {
        self.get(column, |text| {
            let good = text.chars().count() <= max && text.chars().all(text::is_seen);
            if good {
                Ok(text.to_owned())
            } else {
                Err(Problem::BadText(max))
            }
        })
    }

    /// One of the words that a type has.
    pub fn word<T: FromStr>(&mut self, column: &str, allowed: &[&str]) -> Option<T> {
        self.get(column, |text| {
            text.parse().map_err(|_| Problem::UnknownWord {
                found: excerpt(text),
                allowed: allowed.join(", "),
            })
        })
    }

    /// A currency that the sheet can work with.
    pub fn currency(&mut self, column: &str, sheet: &Sheet) -> Option<Currency> {
        self.get(column, |text| {
            let found: Currency = text.parse()?;
            let project = sheet.currency;
            if found == project || sheet.rates.contains_key(&found) {
                Ok(found)
            } else {
                Err(Problem::WrongCurrency { found, project })
            }
        })
    }
}

/// What stands in a field, short and printable enough to be repeated in a message.
pub(super) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    let cut = text.chars().nth(SHOWN).map(|_| '…');
    let printable = |c: char| {
        if text::is_seen(c) {
            c
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    text.chars().take(SHOWN).map(printable).chain(cut).collect()
}
