//! A CSV file as a table.

use super::problem::{Problem, SheetError, SheetFile};
use super::table::{Field, Table};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads the header and at most `max_rows` rows and one more. Refuses a file without a header, and
/// one with another separator.
pub(super) fn read(file: SheetFile, bytes: &[u8], max_rows: usize) -> Result<Table, SheetError> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut records = reader.byte_records();
    let Some(Ok(header)) = records.next() else {
        return Err(SheetError::of(file, Problem::NoRows));
    };
    let header: Vec<Field> = header.iter().map(text).collect();
    if let [Ok(only)] = &header[..]
        && only.contains(';')
    {
        return Err(SheetError {
            row: Some(1),
            ..SheetError::of(file, Problem::WrongSeparator)
        });
    }
    let mut lines = LineCount {
        bytes,
        at: 0,
        line: 1,
    };
    // Reading bytes from memory can't fail: only a broken reader or text in the wrong form could.
    let rows = records.flatten().take(max_rows + 1).map(|record| {
        let number = lines.line_at(record.position().map_or(0, csv::Position::byte));
        (number, record.iter().map(text).collect())
    });
    Ok(Table {
        file,
        header,
        rows: rows.collect(),
        sheet: None,
    })
}

fn text(field: &[u8]) -> Field {
    let text = std::str::from_utf8(field).map_err(|_| Problem::NotUtf8)?;
    Ok(text.to_owned())
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
