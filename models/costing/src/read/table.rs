//! A CSV file as rows of named fields; a field is checked where it is read.

use std::collections::BTreeMap;
use std::str::FromStr;

use money::Currency;

use super::problem::{Problem, SheetError, SheetFile};
use crate::Sheet;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The columns a file must and may have.
pub(super) struct Columns {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

/// One row: its fields by column, and where to tell what is wrong with them.
pub(super) struct Row<'a> {
    pub number: u64,
    file: SheetFile,
    fields: BTreeMap<&'static str, String>,
    errors: &'a mut Vec<SheetError>,
}

/// Reads a file row by row. What is wrong with the file, its header or a row's shape is told here;
/// with a header that can't be trusted no row is read.
pub(super) fn read_rows<T>(
    (file, bytes): (SheetFile, &[u8]),
    columns: &Columns,
    max_rows: usize,
    errors: &mut Vec<SheetError>,
    mut read: impl FnMut(&mut Row<'_>) -> Option<T>,
) -> Vec<T> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let whole = |problem| SheetError {
        file,
        row: None,
        column: None,
        problem,
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut records = reader.byte_records();
    let Some(Ok(header)) = records.next() else {
        errors.push(whole(Problem::NoRows));
        return Vec::new();
    };
    let before = errors.len();
    let names = header_names(file, &header, columns, errors);
    if errors.len() > before {
        return Vec::new();
    }
    let mut lines = LineCount {
        bytes,
        at: 0,
        line: 1,
    };
    let mut rows = 0_usize;
    let mut items = Vec::new();
    // Reading bytes from memory can't fail: only a broken reader or text in the wrong form could.
    for record in records.flatten() {
        rows += 1;
        if rows > max_rows {
            errors.push(whole(Problem::TooManyRows(max_rows)));
            return Vec::new();
        }
        let number = lines.line_at(record.position().map_or(0, csv::Position::byte));
        let row = SheetError {
            row: Some(number),
            ..whole(Problem::NoRows)
        };
        if let Some(fields) = fields(&record, &names, &row, errors) {
            items.extend(read(&mut Row {
                number,
                file,
                fields,
                errors,
            }));
        }
    }
    if rows == 0 {
        errors.push(whole(Problem::NoRows));
    }
    items
}

/// Counts lines as an editor does. The reader's own count takes a record to begin where the one
/// before it ended, ahead of blank lines and of the second half of a `\r\n`.
struct LineCount<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCount<'_> {
    /// The line of the record that begins at or after a byte, which never goes back.
    fn line_at(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(self.at).max(self.at);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let blank = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let passed = self.bytes.get(self.at..start + blank).unwrap_or_default();
        self.line += passed
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.at = start + blank;
        self.line
    }
}

fn header_names(
    file: SheetFile,
    header: &csv::ByteRecord,
    columns: &Columns,
    errors: &mut Vec<SheetError>,
) -> Vec<&'static str> {
    let mut tell = |column: Option<&str>, problem| {
        let column = column.map(str::to_owned);
        errors.push(SheetError {
            file,
            row: Some(1),
            column,
            problem,
        });
    };
    let mut names: Vec<&'static str> = Vec::new();
    for field in header {
        let Ok(field) = std::str::from_utf8(field).map(str::trim) else {
            tell(None, Problem::NotUtf8);
            return names;
        };
        if header.len() == 1 && field.contains(';') {
            tell(None, Problem::WrongSeparator);
            return names;
        }
        let known = columns
            .required
            .iter()
            .chain(columns.optional)
            .find(|name| **name == field);
        match known {
            Some(name) if names.contains(name) => tell(Some(name), Problem::DuplicateColumn),
            Some(name) => names.push(name),
            None => tell(Some(&excerpt(field)), Problem::UnknownColumn),
        }
    }
    for name in columns.required.iter().filter(|name| !names.contains(name)) {
        tell(Some(name), Problem::MissingColumn);
    }
    names
}

/// The fields of a row of the right shape, without the space around them.
fn fields(
    record: &csv::ByteRecord,
    names: &[&'static str],
    place: &SheetError,
    errors: &mut Vec<SheetError>,
) -> Option<BTreeMap<&'static str, String>> {
    if record.len() != names.len() {
        let problem = Problem::FieldCount {
            found: record.len(),
            expected: names.len(),
        };
        errors.push(SheetError {
            problem,
            ..place.clone()
        });
        return None;
    }
    let before = errors.len();
    let mut fields = BTreeMap::new();
    for (name, field) in names.iter().zip(record) {
        if let Ok(text) = std::str::from_utf8(field) {
            fields.insert(*name, text.trim().to_owned());
        } else {
            let column = Some((*name).to_owned());
            errors.push(SheetError {
                column,
                problem: Problem::NotUtf8,
                ..place.clone()
            });
        }
    }
    (errors.len() == before).then_some(fields)
}

impl Row<'_> {
    /// Tells that something is wrong with the row, or with one column of it.
    pub fn tell(&mut self, column: Option<&str>, problem: Problem) {
        let (file, row, column) = (self.file, Some(self.number), column.map(str::to_owned));
        self.errors.push(SheetError {
            file,
            row,
            column,
            problem,
        });
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
            let good = text.chars().count() <= max && text.chars().all(is_seen);
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

/// Whether a reader sees the character where it stands: no control character, nothing without
/// width, and nothing that turns the order of what is seen around.
pub fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// What stands in a field, short and printable enough to be repeated in a message.
pub(super) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    let cut = text.chars().nth(SHOWN).map(|_| '…');
    let printable = |c: char| {
        if is_seen(c) {
            c
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    text.chars().take(SHOWN).map(printable).chain(cut).collect()
}
