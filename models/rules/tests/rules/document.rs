//! The table of docs/rule-packs.md is what the packs say.

use std::fmt::Write as _;

use rules::{Pack, shipped};

const BEGIN: &str = "<!-- made by the tests of models/rules: begin -->\n";
const END: &str = "<!-- made by the tests of models/rules: end -->\n";

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

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test, not a setting"
)]
fn the_document_lists_every_figure_with_its_source() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rule-packs.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let begin = document.find(BEGIN).expect("the mark") + BEGIN.len();
    let end = document.find(END).expect("the mark");
    let table: String = shipped().iter().map(section).collect();
    let expected = format!("{}{table}\n{}", &document[..begin], &document[end..]);
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(path, &expected).expect("the document is writable");
    }
    let same = std::fs::read_to_string(path).expect("the document") == expected;
    assert!(
        same,
        "docs/rule-packs.md differs from the packs; run this test with REWRITE=1"
    );
}
