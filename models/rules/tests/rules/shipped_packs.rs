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
        "9251b90feac7e94bb870125df0693e3f560f6bcc2bccd3f979bd807be11a3ac5",
    ),
    (
        "CO@2026-01-01",
        "cd2cab3b450cf93f172a330da7b996277696055f8fa5314e2ca9e27bc7e70337",
    ),
    (
        "EU@2021-11-10",
        "84de2146d55b0a04e0ea84e08dc6e81c1c5c38ee24a547278d8bf97e7ec935cd",
    ),
    (
        "EU@2022-11-28",
        "023bf3a1eb7b18fb48080b6ac8cfa6c1c87059e4cae17db8bff2eb2962cc3b95",
    ),
    (
        "MX@2018-09-11",
        "4b50ba27f6e691b6cf757d8fdd804b3a1e568e5eac199a024b489a175efa1b97",
    ),
    (
        "PE@2021-05-21",
        "f8e6eb6046a3b502c632d06d3a07bfbb469a6b3bb608980323ad8d515fd35cb8",
    ),
    (
        "PE@2026-01-01",
        "77784c9d5c520102678ba1fd37f76b525022256970d357aade104e7f33ac1304",
    ),
    (
        "US@2017-04-12",
        "c65eaacf8dba358b89ddeee51ee07463c06fc2df7e31fdeeb76971fb462cf4bd",
    ),
    (
        "US@2021-03-15",
        "e369d913c23906986c62c88c8024724ea9fc28edc811d0aca51cb6e139a63519",
    ),
    (
        "US@2022-09-20",
        "8b57c5e853063b179b8c6c5b5a17985013c1ec9dabc4df198af1243143677dde",
    ),
    (
        "US@2025-10-01",
        "9e723b6ff1829e43ef7b21a645725d015219f06aed8a17cb385f9cf71d592c13",
    ),
    (
        "US@2026-10-01",
        "6e614e2ca7d10c8160162b4ba5bc63653111b04d8f055dcd5df1e74eb9fcabf6",
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
