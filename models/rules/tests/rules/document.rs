//! The table of docs/rule-packs.md is what the packs say.

use std::fmt::Write as _;

use rules::{Pack, Packs, SHIPPED, shipped};

const BEGIN: &str = "<!-- made by the tests of models/rules: begin -->\n";
const END: &str = "<!-- made by the tests of models/rules: end -->\n";

const EXAMPLE: &str = "For instance:\n\n```\n";

fn section(pack: &Pack) -> String {
    let mut text = String::new();
    let until = pack
        .valid_until
        .map_or(String::new(), |until| format!(" until {until}"));
    let _ = write!(text, "\n### {}: {}{until}\n\n", pack.version(), pack.name);
    for note in &pack.notes {
        let _ = writeln!(text, "- {note}");
    }
    text.push_str("\n| field | says | source |\n|---|---|---|\n");
    for row in pack.figures() {
        let says = row.says.replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | {says} | {} |", row.field, row.source);
    }
    text.push_str("\nLaws: ");
    let law = |law: &rules::Law| match &law.url {
        Some(url) => format!("[{}]({url})", law.title),
        None => law.title.clone(),
    };
    let laws: Vec<String> = pack.laws.values().map(law).collect();
    text.push_str(&laws.join("; "));
    text.push_str(".\n");
    text
}

/// What a mistake in a shipped pack is told as.
fn example() -> String {
    let (file, text) = SHIPPED
        .iter()
        .find(|(file, _)| file.ends_with("EU/2021-11-10.toml"))
        .expect("it is shipped");
    let wrong = text.replace("value = 96", "value = -96");
    let errors = Packs::load([(*file, wrong.as_str())]).expect_err("no time is below zero");
    format!("{}\n", errors[0])
}

/// The document with what stands between two marks replaced.
fn replaced(document: &str, (begin, end): (&str, &str), with: &str) -> String {
    let from = document.find(begin).expect("the mark") + begin.len();
    let to = from + document[from..].find(end).expect("the mark");
    format!("{}{with}{}", &document[..from], &document[to..])
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test, not a setting"
)]
fn the_document_lists_every_figure_with_its_source() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rule-packs.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let table: String = shipped().iter().map(section).collect();
    let expected = replaced(&document, (BEGIN, END), &format!("{table}\n"));
    let expected = replaced(&expected, (EXAMPLE, "```\n"), &example());
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(path, &expected).expect("the document is writable");
    }
    let same = std::fs::read_to_string(path).expect("the document") == expected;
    assert!(
        same,
        "docs/rule-packs.md differs from the packs; run this test with REWRITE=1"
    );
}
