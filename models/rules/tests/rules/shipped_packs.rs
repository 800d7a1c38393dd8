//! The packs that come with the program.

use std::collections::BTreeSet;

use rules::{Packs, SHIPPED, shipped};
use toml::Value;

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

#[test]
fn every_shipped_pack_is_read_and_does_not_contradict_itself() {
    let errors = Packs::load(SHIPPED.iter().copied())
        .err()
        .unwrap_or_default();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn what_is_shipped_is_what_lies_in_the_folder() {
    let mut there = BTreeSet::new();
    for jurisdiction in std::fs::read_dir(folder()).expect("the folder") {
        let jurisdiction = jurisdiction.expect("an entry").path();
        for file in std::fs::read_dir(&jurisdiction).expect("a folder for each jurisdiction") {
            let file = file.expect("an entry").path();
            let name = file
                .strip_prefix(folder())
                .expect("inside")
                .display()
                .to_string();
            there.insert(format!("rules/{name}"));
        }
    }
    let listed: BTreeSet<String> = SHIPPED.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(there, listed);
}

#[test]
fn all_are_marked_as_examples_and_no_legal_advice() {
    for pack in shipped().iter() {
        assert!(pack.example, "{}", pack.version());
        assert_eq!(
            pack.notes[0],
            "Example; not legal advice.",
            "{}",
            pack.version()
        );
    }
}

#[test]
fn every_figure_has_a_source() {
    for (file, text) in SHIPPED {
        let table: toml::Table = text.parse().expect("TOML");
        let mut missing = Vec::new();
        without_source("", &Value::Table(table), false, &mut missing);
        assert!(missing.is_empty(), "{file}: {missing:?}");
    }
    for pack in shipped().iter() {
        for row in pack.figures() {
            let (law, place) = row
                .source
                .split_once(", ")
                .expect("a law and a place in it");
            assert!(!law.is_empty() && !place.trim().is_empty(), "{row:?}");
            assert!(!row.says.is_empty(), "{row:?}");
        }
    }
}

/// Numbers and amounts that stand in no table with a source; versions of texts are no figures.
fn without_source(path: &str, value: &Value, has_source: bool, missing: &mut Vec<String>) {
    match value {
        Value::Table(table) => {
            let has_source = has_source || table.contains_key("source");
            for (key, value) in table {
                without_source(&format!("{path}.{key}"), value, has_source, missing);
            }
        }
        Value::Array(items) => {
            for item in items {
                without_source(path, item, has_source, missing);
            }
        }
        Value::Integer(_) | Value::Float(_) if !has_source => missing.push(path.to_owned()),
        Value::String(text) if !has_source && text.parse::<rules::Amount>().is_ok() => {
            missing.push(path.to_owned());
        }
        _ => {}
    }
}
