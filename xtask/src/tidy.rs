//! `cargo xtask tidy`: what a file may look like.

use std::path::Path;

use crate::source::{self, Source, Violation};

/// Without its tests. A file is split by behaviour long before.
const LINES_MAX: usize = 600;
const COLUMNS_MAX: usize = 100;
/// Words in a type's name that say nothing about what it is.
const EMPTY_WORDS: &[&str] = &[
    "Impl", "Manager", "Helper", "Helpers", "Util", "Utils", "Dto", "Entity", "Abstract",
];
/// Written in two halves, so that this file does not complain about itself.
const LATER: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
/// Where every amount is.
const EXACT: &[&str] = &["models/", "services/accounting/"];
/// A spreadsheet's cells are floats: here those that are not exactly what was typed are refused.
const WORKBOOKS: &[&str] = &[
    "models/costing/src/read/workbook.rs",
    "models/costing/tests/workbook.rs",
];

/// Every untidy place below `root`.
pub fn check(root: &Path) -> anyhow::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for source in source::rust_files(root)? {
        violations.extend(file_rules(&source));
    }
    for ending in ["sql", "proto", "html", "toml", "ftl", "py"] {
        for (path, text) in source::files(root, ending)? {
            violations.extend(postponed(&path, &text));
        }
    }
    Ok(violations)
}

fn file_rules(source: &Source) -> Vec<Violation> {
    let mut found = postponed(&source.path, &source.text);
    found.extend(shape(source));
    found.extend(type_names(source));
    found.extend(tokens(source));
    if is_mapper(&source.path) {
        found.extend(whole_mappers(source));
    }
    found
}

/// Its first line, its length and its width.
fn shape(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    if !source.text.starts_with("//!") {
        found.push(source.at(1, "open the file with `//!`: what is this room?"));
    }
    let lines = || {
        source
            .text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    };
    let length = lines()
        .filter(|(number, _)| !source.is_test_line(*number))
        .count();
    if length > LINES_MAX {
        found.push(source.at(
            1,
            format!("{length} lines without tests; split it by behaviour"),
        ));
    }
    for (number, line) in lines() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            found.push(source.at(number, format!("{columns} columns, at most {COLUMNS_MAX}")));
        }
    }
    found
}

fn postponed(path: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        if let Some(word) = words.find(|word| LATER.contains(word)) {
            let what = format!("{word}: do it, or open an issue");
            found.push(Violation {
                path: path.to_owned(),
                line: at + 1,
                what,
            });
        }
    }
    found
}

fn type_names(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for pair in source.tokens.windows(2) {
        let kind = ["struct", "enum", "trait", "type", "union"].contains(&pair[0].text.as_str());
        let name = &pair[1];
        if kind && name.is_word() {
            let empty = words_of(&name.text)
                .into_iter()
                .find(|word| EMPTY_WORDS.contains(word));
            let what = empty.map(|word| format!("`{}`: `{word}` says nothing", name.text));
            found.extend(what.map(|what| source.at(name.line, what)));
        }
    }
    found
}

/// `UserDtoList` is `User`, `Dto`, `List`.
fn words_of(name: &str) -> Vec<&str> {
    let capital = |(at, c): (usize, char)| c.is_uppercase().then_some(at);
    let starts: Vec<usize> = name.char_indices().filter_map(capital).collect();
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| &name[start..end])
        .collect()
}

fn tokens(source: &Source) -> Vec<Violation> {
    let exact = EXACT.iter().any(|room| source.path.starts_with(room))
        && !WORKBOOKS.contains(&source.path.as_str());
    let mut found = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        let text = token.text.as_str();
        let after_dot = source.tokens[..at]
            .last()
            .is_some_and(|before| before.text == ".");
        // What stands after a dot is a place in a tuple, as in `t.0.1`.
        let float = matches!(text, "f32" | "f64") || (is_float_literal(text) && !after_dot);
        if exact && float {
            found.push(source.at(token.line, format!("`{text}`: money is exact")));
        }
        let call = after_dot
            && source
                .tokens
                .get(at + 1)
                .is_some_and(|after| after.text == "(");
        if text == "unwrap" && call && !source.is_test_line(token.line) {
            found.push(source.at(token.line, "say why it cannot fail: `expect(\"…\")`"));
        }
    }
    found
}

/// `1f64`, `2.5`; but not `0xf32`.
fn is_float_literal(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && !text.starts_with("0x")
        && (text.ends_with("f32") || text.ends_with("f64") || text.contains('.'))
}

fn is_mapper(path: &str) -> bool {
    path.starts_with("services/")
        && (path.ends_with("/src/interfaces/convert.rs")
            || path.contains("/src/interfaces/convert/")
            || path.ends_with("/publisher.rs"))
}

/// A new field or variant must break the build until somebody decides what becomes of it.
fn whole_mappers(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    let outside = source
        .tokens
        .windows(2)
        .filter(|pair| !source.is_test_line(pair[0].line));
    for pair in outside {
        match [&pair[0], &pair[1]].map(|token| token.text.as_str()) {
            ["..", _] => found.push(source.at(pair[0].line, "a mapper names all fields: no `..`")),
            ["_", "=>" | "if" | "|"] => {
                found.push(source.at(pair[0].line, "a mapper names all variants: no `_ =>`"));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let source = Source::parse(path, text.to_owned()).unwrap();
        file_rules(&source)
            .into_iter()
            .map(|violation| violation.to_string())
            .collect()
    }

    const CONVERT: &str = "services/hiring/src/interfaces/convert.rs";
    const PUBLISHER: &str = "services/hiring/src/infrastructure/publisher.rs";
    const GRPC: &str = "services/hiring/src/interfaces/grpc.rs";
    const LEDGER: &str = "models/ledger/src/lib.rs";

    #[test]
    fn clean_files_pass() {
        let text = "//! A room.\nstruct Simplicity; struct DtoxIn;\nfn f() { g().expect(\"why\"); }
            #[cfg(test)]\nmod tests { fn t() { g().unwrap(); } }\n";
        assert_eq!(found(GRPC, text), [""; 0]);
        assert_eq!(
            found(
                GRPC,
                "//! A.\nfn f() { match a { A { .. } => 1.5, _ => 2f64 }; }"
            ),
            [""; 0]
        );
        assert_eq!(
            found(CONVERT, "//! A.\nfn f() { let A { b, c: _ } = a; }"),
            [""; 0]
        );
        assert_eq!(found(LEDGER, "//! A.\nfn f() { t.0.1; 0xf32; }"), [""; 0]);
        assert_eq!(
            found("services/a/tests/b.rs", "//! A.\nfn f() { g().unwrap(); }"),
            [""; 0]
        );
    }

    #[test]
    fn planted_violations_are_found_at_their_line() {
        let later = concat!("//! A.\n// TO", "DO: later");
        let mend = concat!("//! A.\nfn f() { /* FIX", "ME */ }");
        let wide = format!("//! A.\n// {}", "ñ".repeat(98));
        for (path, text, line) in [
            (GRPC, "fn f() {}", 1),
            (GRPC, &wide, 2),
            (GRPC, later, 2),
            (GRPC, mend, 2),
            (GRPC, "//! A.\nstruct StoreImpl;", 2),
            (GRPC, "//! A.\nenum DtoKind { A }", 2),
            (GRPC, "//! A.\ntrait AbstractStore {}", 2),
            (GRPC, "//! A.\ntype OrderManager = A;", 2),
            (GRPC, "//! A.\nfn f() {\n g().unwrap();\n}", 3),
            (CONVERT, "//! A.\nfn f() { let A { b, .. } = a; }", 2),
            (
                CONVERT,
                "//! A.\nfn f() { B { c, ..Default::default() }; }",
                2,
            ),
            (
                CONVERT,
                "//! A.\nfn f() {\n match a {\n A => 1,\n _ => 2,\n } }",
                5,
            ),
            (
                PUBLISHER,
                "//! A.\nfn f() { match a { A => 1, _ if b => 2, } }",
                2,
            ),
            (PUBLISHER, "//! A.\nfn f() { match a { A(..) => 1 } }", 2),
            (LEDGER, "//! A.\nfn f(a: f64) {}", 2),
            (LEDGER, "//! A.\nfn f() { 1f32; }", 2),
            (LEDGER, "//! A.\nfn f() { let a = 2.5; }", 2),
            (LEDGER, "//! A.\n#[cfg(test)] mod t { fn f(a: f32) {} }", 2),
            (
                "services/accounting/src/domain/a.rs",
                "//! A.\nfn f(a: f64) {}",
                2,
            ),
        ] {
            let found = found(path, text);
            assert_eq!(found.len(), 1, "{path}: {text}: {found:?}");
            assert!(
                found[0].starts_with(&format!("{path}:{line}: ")),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_long_file_is_refused_but_its_tests_do_not_count() {
        let lines = |count: usize| "fn a() {}\n".repeat(count);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", lines(500));
        assert_eq!(
            found(GRPC, &format!("//! A.\n{}{tests}", lines(LINES_MAX - 1))),
            [""; 0]
        );
        assert_eq!(
            found(GRPC, &format!("//! A.\n{}", lines(LINES_MAX))).len(),
            1
        );
        assert_eq!(
            found("services/a/tests/b.rs", &format!("//! A.\n{}", lines(900))),
            [""; 0]
        );
    }
}
