//! Where in a file a field stands.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The fields of a file with their places: each path and the spans of its key and its value.
#[derive(Debug, Default)]
pub(crate) struct Places {
    fields: Vec<(String, Range<usize>, Range<usize>)>,
}

impl Places {
    /// Of a text that is TOML; of any other, none.
    pub(crate) fn of(text: &str) -> Self {
        let mut places = Self::default();
        if let Ok(table) = DeTable::parse(text) {
            places.table("", table.get_ref());
        }
        places
    }

    /// The nearest field to a path that is there, or a part of the path: where its value begins.
    pub(crate) fn begin(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            let found = self.fields.iter().find(|(name, _, _)| name == path);
            if let Some((_, _, value)) = found {
                return value.start;
            }
            match path.rfind(['.', '[']) {
                Some(at) => path = &path[..at],
                None => return 0,
            }
        }
    }

    /// The path of the innermost field that a span lies in; empty for none.
    pub(crate) fn path_at(&self, span: &Range<usize>) -> &str {
        let holds = |outer: &Range<usize>| outer.start <= span.start && span.end <= outer.end;
        let around = self
            .fields
            .iter()
            .filter(|(_, key, value)| holds(key) || holds(value));
        around
            .max_by_key(|(name, _, _)| name.matches(['.', '[']).count() + 1)
            .map_or("", |(name, _, _)| name)
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", key.get_ref());
            self.fields.push((path.clone(), key.span(), value.span()));
            self.value(&path, value);
        }
    }

    fn value(&mut self, path: &str, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(path, table),
            DeValue::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    self.fields.push((path.clone(), item.span(), item.span()));
                    self.value(&path, item);
                }
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }
}

/// Line and column, in characters and from 1 on, of a byte of a text.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() + 1)
}
