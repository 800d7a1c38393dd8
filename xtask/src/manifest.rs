//! The `Cargo.toml` files of the house.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use toml::{Table, Value};

use crate::source;

/// One crate of ours.
#[derive(Debug)]
pub struct Manifest {
    /// Its folder from the root, such as `services/participation`.
    pub folder: String,
    pub name: String,
    /// The names of all crates that it depends on, in any way.
    pub needs: BTreeSet<String>,
    /// The names of those that only its tests depend on.
    pub needs_in_tests: BTreeSet<String>,
    pub takes_the_lints: bool,
}

impl Manifest {
    /// The first step of its folder.
    pub fn room(&self) -> &str {
        self.folder.split('/').next().unwrap_or_default()
    }

    pub fn parse(folder: &str, text: &str) -> anyhow::Result<Self> {
        let table: Table = text
            .parse()
            .with_context(|| format!("{folder}/Cargo.toml"))?;
        let name = table.get("package").and_then(|package| package.get("name"));
        let name = name
            .and_then(Value::as_str)
            .with_context(|| format!("{folder}: no name"))?;
        let takes_the_lints = table.get("lints").and_then(|lints| lints.get("workspace"))
            == Some(&Value::Boolean(true));
        let mut needs = BTreeSet::new();
        let mut in_tests = BTreeSet::new();
        let platforms = table.get("target").and_then(Value::as_table).into_iter();
        let tables = platforms
            .flat_map(Table::values)
            .filter_map(Value::as_table);
        for table in tables.chain([&table]) {
            needs.extend(crates(table, "dependencies"));
            needs.extend(crates(table, "build-dependencies"));
            in_tests.extend(crates(table, "dev-dependencies"));
        }
        let needs_in_tests = in_tests.difference(&needs).cloned().collect();
        needs.extend(in_tests);
        Ok(Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            needs,
            needs_in_tests,
            takes_the_lints,
        })
    }
}

/// Every crate below the rooms.
pub fn all(root: &Path) -> anyhow::Result<Vec<Manifest>> {
    let files = source::files(root, "toml")?.into_iter();
    files
        .filter_map(|(path, text)| Some((path.strip_suffix("/Cargo.toml")?.to_owned(), text)))
        .map(|(folder, text)| Manifest::parse(&folder, &text))
        .collect()
}

/// As the code names them, except for a renamed one, which the rules know by its own name.
fn crates(table: &Table, kind: &str) -> Vec<String> {
    let dependencies = table
        .get(kind)
        .and_then(Value::as_table)
        .into_iter()
        .flatten();
    dependencies
        .flat_map(|(name, value)| {
            let own = value
                .get("package")
                .and_then(Value::as_str)
                .map(str::to_owned);
            [Some(name.clone()), own].into_iter().flatten()
        })
        .map(|name| name.replace('-', "_"))
        .collect()
}
