//! Every refusal code in the services' and models' sources has a text in both languages, and its
//! line in docs/api.md; `REWRITE=1` writes the table anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const START: &str = "<!-- codes: written by a test -->\n";
const END: &str = "<!-- end of codes -->";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            // OAuth's own codes and pages are no answers of the API.
            if !path.ends_with("tests") && !path.ends_with("web") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("auth/src/domain/error.rs")
        {
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.push(code.to_owned());
        }
    }
}

/// The string literals of snake_case in a piece of source.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    let is_code = |text: &&str| {
        !text.is_empty()
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    source.split('"').skip(1).step_by(2).filter(is_code)
}

/// From an opening brace or bracket to its end.
fn block(source: &str, (open, close): (char, char)) -> &str {
    let Some(start) = source.find(open) else {
        return "";
    };
    let mut depth = 0_usize;
    for (at, c) in source[start..].char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return &source[start..=start + at];
            }
        }
    }
    ""
}

/// What `fn code` answers, here or in a function that it leaves it to, and what `refuse` is given.
fn codes() -> BTreeSet<String> {
    let mut texts = Vec::new();
    for folder in ["services", "models"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            sources(&entry.expect("an entry").path().join("src"), &mut texts);
        }
    }
    for file in ["crates/link/src/refusal.rs", "crates/authz/src/guard.rs"] {
        let text = fs::read_to_string(root().join(file)).expect("a source");
        texts.push(
            text.split("#[cfg(test)]")
                .next()
                .unwrap_or_default()
                .to_owned(),
        );
    }
    let mut found = BTreeSet::new();
    for text in &texts {
        for name in ["fn code(", "fn already(", "fn funding_already("] {
            for after in text.split(name).skip(1) {
                found.extend(literals(block(after, ('{', '}'))).map(str::to_owned));
            }
        }
        for name in [" refuse(", " refuse_with(", " refused("] {
            for after in text.split(name).skip(1) {
                let given = format!("({after}");
                let first = literals(block(&given, ('(', ')'))).next();
                found.extend(first.filter(|code| code.contains('_')).map(str::to_owned));
            }
        }
    }
    found
}

/// Message by name, as the catalogue has it: one a line.
fn catalogue(language: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join(format!("locales/{language}/refusals.ftl"));
    let text = fs::read_to_string(path).expect("a catalogue");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

#[test]
fn every_refusal_has_its_text_in_both_languages() {
    let codes = codes();
    assert!(codes.len() > 150, "the sources are not read: {codes:?}");
    for language in ["en", "es"] {
        let texts = catalogue(language);
        let missing: Vec<_> = codes
            .iter()
            .filter(|code| !texts.contains_key(*code))
            .collect();
        assert!(
            missing.is_empty(),
            "without a text in {language}: {missing:?}"
        );
    }
}

#[test]
fn both_languages_name_the_same() {
    let named = |text: &str| -> BTreeSet<String> {
        let names = text.split("{ $").skip(1);
        names
            .filter_map(|rest| Some(rest.split_once(" }")?.0.to_owned()))
            .collect()
    };
    let (english, spanish) = (catalogue("en"), catalogue("es"));
    assert_eq!(
        english.keys().collect::<Vec<_>>(),
        spanish.keys().collect::<Vec<_>>()
    );
    for (code, text) in &english {
        assert_eq!(named(text), named(&spanish[code]), "{code}");
        assert_ne!(text, &spanish[code], "{code}");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test, not a setting"
)]
fn the_guide_lists_every_code() {
    let (english, spanish) = (catalogue("en"), catalogue("es"));
    let mut table = String::from("| code | English | Spanish |\n|---|---|---|\n");
    for (code, text) in &english {
        writeln!(table, "| `{code}` | {text} | {} |", spanish[code]).expect("memory");
    }
    let path = root().join("docs/api.md");
    let guide = fs::read_to_string(&path).expect("the guide");
    let (before, rest) = guide.split_once(START).expect("the table's start");
    let (_, after) = rest.split_once(END).expect("the table's end");
    let whole = format!("{before}{START}{table}{END}{after}");
    if std::env::var_os("REWRITE").is_some() {
        fs::write(&path, whole).expect("a writable file");
        return;
    }
    assert!(guide == whole, "the codes changed: REWRITE=1 make test");
}
