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

/// What facts were judged by is never changed: what is new or was wrong is a new file. A version
/// leaves this list only while nothing was judged by it.
const HASHES: [(&str, &str); 13] = [
    (
        "CL@2023-02-03",
        "c7ce6a3527e6381b794ad7b3702c47b660137802a8f1d405c3f8d992683e2519",
    ),
    (
        "CO@2025-01-01",
        "45f5ae26cb0ab1b8098227cd4e4313256ca5b496b05ed39ef2c260412c7fd1ad",
    ),
    (
        "CO@2026-01-01",
        "c80a33c8139f37187193bba3839cb1c486787cda06a5fba8201891e4f5cb5b65",
    ),
    (
        "EU@2021-11-10",
        "e22170e86de65454fcc620d0e617fb1100db2a8a1641841d853777f36ecead44",
    ),
    (
        "EU@2022-11-28",
        "b3d93c92f06613ee538b3fc5b39defe85974730504cbf5aaef06f95ef566e344",
    ),
    (
        "MX@2018-09-11",
        "0564fb7f2e0b1b37adabc0d6d60f6d9e03aa551ed7bc9eca0dc3ff2c272cc980",
    ),
    (
        "PE@2021-05-21",
        "878b91aefad2b7a22d9e454d21549892ee5aea546c144869ef982b1e7459986f",
    ),
    (
        "PE@2026-01-01",
        "77784c9d5c520102678ba1fd37f76b525022256970d357aade104e7f33ac1304",
    ),
    (
        "US@2017-04-12",
        "e1fdf6e79e422d1aacf89da6cb837b229d479071f696c58b04d20643a9f24ee8",
    ),
    (
        "US@2021-03-15",
        "ed76afabcf59bdcf39d516d5fcc86cda4b2b59174112b30d897ec53787c81250",
    ),
    (
        "US@2022-09-20",
        "c5c161733154bbc77374be94e9e0008aa1b17e2158a7f8c2e4a9e1329344db6e",
    ),
    (
        "US@2025-10-01",
        "0d7f508906923fcf0389553e21281f6fe3bead0e914e81b63b91ca8e972b670d",
    ),
    (
        "US@2026-10-01",
        "81914c2d56c4a9d1b68e15c23819149813f89f3eaefc0935ddbcaf4c67e830f1",
    ),
];

#[test]
fn a_pack_that_was_shipped_is_never_changed() {
    let hashes: Vec<(String, String)> = shipped()
        .iter()
        .map(|pack| (pack.version(), pack.sha256()))
        .collect();
    let pinned = HASHES.map(|(version, hash)| (version.to_owned(), hash.to_owned()));
    assert_eq!(hashes, pinned);
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
