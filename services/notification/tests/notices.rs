//! `docs/notices.md` is the catalogue of the code; `REWRITE=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use notification::domain::{Kind, Language};
use strum::IntoEnumIterator as _;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test, not a setting"
)]
fn the_page_is_the_catalogue_of_the_code() {
    let mut page = "# Notices\n\n\
        Made by a test from the catalogue. Each is told once an event and person, in the inbox\n\
        and by mail; what is not required can be switched off, channel by channel.\n\n\
        | notice | whose event, who is told | required | in English | in Spanish |\n\
        |---|---|---|---|---|\n"
        .to_owned();
    for kind in Kind::iter() {
        let required = if kind.is_required() { "yes" } else { "" };
        let (english, spanish) = (kind.words(Language::En).0, kind.words(Language::Es).0);
        let told = kind.told().trim().trim_end_matches('.');
        writeln!(
            page,
            "| `{kind}` | {told} | {required} | {english} | {spanish} |"
        )
        .expect("memory");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/notices.md");
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&path, page).expect("a writable file");
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "the notices changed: REWRITE=1 make test");
}
