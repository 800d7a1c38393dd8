//! Every figure of a pack with its source, as rows of a table.

use toml::{Table, Value};

use crate::{Pack, Source};

/// What a pack says in one place, and the law that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// The path of the field.
    pub field: String,
    /// What it says, in one line.
    pub says: String,
    /// The law in full.
    pub source: String,
}

impl Pack {
    /// Every table of the pack that has a source, in the order of the canonical form.
    pub fn figures(&self) -> Vec<FigureRow> {
        let row = |(field, table, source): (String, Table, Source)| FigureRow {
            field,
            says: says(&table),
            source: self.cite(&source),
        };
        self.sourced().into_iter().map(row).collect()
    }

    /// The path of every source, and the source.
    pub(crate) fn all_sources(&self) -> Vec<(String, Source)> {
        let path =
            |(field, _, source): (String, Table, Source)| (format!("{field}.source"), source);
        self.sourced().into_iter().map(path).collect()
    }

    fn sourced(&self) -> Vec<(String, Table, Source)> {
        let whole = Table::try_from(self).expect("every field of a pack has a form in TOML");
        let mut found = Vec::new();
        collect("", &Value::Table(whole), &mut found);
        found
    }
}

fn collect(path: &str, value: &Value, found: &mut Vec<(String, Table, Source)>) {
    match value {
        Value::Table(table) => {
            if let Some(Value::String(source)) = table.get("source") {
                found.push((path.to_owned(), table.clone(), Source(source.clone())));
            }
            for (key, value) in table {
                let dot = if path.is_empty() { "" } else { "." };
                collect(&format!("{path}{dot}{key}"), value, found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(&format!("{path}[{at}]"), item, found);
            }
        }
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_) => {}
    }
}

/// The table in one line, without its source and without tables that have sources of their own.
fn says(table: &Table) -> String {
    if let Some(value) = table.get("value") {
        return text(value);
    }
    let own = |value: &&Value| !value.get("source").is_some_and(Value::is_str);
    let fields = table
        .iter()
        .filter(|(key, value)| *key != "source" && own(value))
        .map(|(key, value)| format!("{key} = {}", text(value)));
    fields.collect::<Vec<_>>().join(", ")
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
