//! `cargo xtask events`: docs/events.md, from the contracts and the consumers themselves. What an
//! event means stands above its message in `events.proto`; who acts on it is read from the arms of
//! the consumers' matches, which name every event because they have no `_`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use prost_types::{DescriptorProto, FileDescriptorProto, SourceCodeInfo, field_descriptor_proto};

use crate::source::{self, Source, Token, Violation};

const PAGE: &str = "docs/events.md";
/// `FileDescriptorProto.message_type`: the field's number in descriptor.proto.
const MESSAGE_TYPE: i32 = 4;

/// Compares the page with what the code says; `rewrite` writes it.
pub fn check(root: &Path, rewrite: bool) -> anyhow::Result<Vec<Violation>> {
    let mut found = Vec::new();
    let page = page(root, &mut found)?;
    let file = root.join(PAGE);
    if rewrite {
        std::fs::write(&file, &page).with_context(|| format!("cannot write {PAGE}"))?;
    }
    if std::fs::read_to_string(&file).unwrap_or_default() != page {
        found.push(Violation {
            path: PAGE.to_owned(),
            line: 1,
            what: "the events changed: cargo xtask events --rewrite".to_owned(),
        });
    }
    Ok(found)
}

fn page(root: &Path, found: &mut Vec<Violation>) -> anyhow::Result<String> {
    let consumers = consumers(root)?;
    let mut page = "# Events\n\n\
        Made by `cargo xtask events --rewrite` from the contracts and the consumers. Each event\n\
        is recorded in the transaction of its effect, ordered and chained by the sequencer, and\n\
        applied exactly once by each consumer ([ARCHITECTURE.md](../ARCHITECTURE.md)). In the\n\
        record it stands as ProtoJSON in a CloudEvents 1.0 envelope; its `type` is the package\n\
        and the name. No personal data but ids.\n"
        .to_owned();
    let mut known = BTreeSet::new();
    for file in contracts(root)? {
        let comments = comments(&file);
        let parts = parts(&file);
        write!(
            page,
            "\n## {}\n\n| event | when, and what follows | contents | acted on by |\n\
             |---|---|---|---|\n",
            file.package()
        )?;
        for (at, message) in file.message_type.iter().enumerate() {
            let name = message.name();
            if parts.contains(name) {
                continue;
            }
            if !known.insert(name.to_owned()) {
                bail!("two services have an event `{name}`: name one of them better");
            }
            let comment = comments.get(&at).cloned().unwrap_or_default();
            if comment.is_empty() {
                found.push(Violation {
                    path: format!("proto/{}", file.name()),
                    line: 1,
                    what: format!("say above `{name}` when it happens and what follows"),
                });
            }
            let acting = consumers.get(name).cloned().unwrap_or_default();
            let acting: Vec<&str> = acting.iter().map(String::as_str).collect();
            let acting = if acting.is_empty() {
                "-".to_owned()
            } else {
                acting.join(", ")
            };
            let contents = contents(message);
            writeln!(page, "| `{name}` | {comment} | {contents} | {acting} |")?;
        }
    }
    Ok(page)
}

/// The `events.proto` of every service, in order, with their comments.
fn contracts(root: &Path) -> anyhow::Result<Vec<FileDescriptorProto>> {
    let proto = root.join("proto");
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(proto.join("fondeo")).context("cannot list proto/fondeo")? {
        let file = entry?.path().join("v1/events.proto");
        if file.exists() {
            files.push(file);
        }
    }
    files.sort();
    let set = protox::compile(&files, [&proto]).context("the contracts do not compile")?;
    let mut events: Vec<FileDescriptorProto> = set
        .file
        .into_iter()
        .filter(|file| file.name().ends_with("/events.proto"))
        .collect();
    events.sort_by(|a, b| a.package().cmp(b.package()));
    Ok(events)
}

/// What stands above each message, by its place in the file.
fn comments(file: &FileDescriptorProto) -> BTreeMap<usize, String> {
    let none = SourceCodeInfo::default();
    let places = file.source_code_info.as_ref().unwrap_or(&none);
    places
        .location
        .iter()
        .filter_map(|place| match place.path.as_slice() {
            [MESSAGE_TYPE, at] => {
                Some((usize::try_from(*at).ok()?, words(place.leading_comments())))
            }
            _ => None,
        })
        .collect()
}

fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// The messages that other ones contain are parts, not events.
fn parts(file: &FileDescriptorProto) -> BTreeSet<String> {
    file.message_type
        .iter()
        .flat_map(|message| &message.field)
        .filter_map(|field| field.type_name().rsplit('.').next())
        .map(str::to_owned)
        .collect()
}

fn contents(message: &DescriptorProto) -> String {
    let fields: Vec<String> = message
        .field
        .iter()
        .map(|field| {
            let many = field.label() == field_descriptor_proto::Label::Repeated;
            let list = if many { "[]" } else { "" };
            format!("{}{list}", field.name())
        })
        .collect();
    fields.join(", ")
}

/// Which services act on an event: those whose consumer has an arm for it that does something.
fn consumers(root: &Path) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut acting: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in source::rust_files(root)? {
        let service = source.path.strip_prefix("services/").and_then(|rest| {
            let (service, rest) = rest.split_once('/')?;
            rest.starts_with("src/interfaces/consumer")
                .then_some(service)
        });
        let Some(service) = service else { continue };
        for event in acted_on(&source) {
            acting.entry(event).or_default().insert(service.to_owned());
        }
    }
    Ok(acting)
}

fn acted_on(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let text = |at: usize| {
        tokens
            .get(at)
            .map_or("", |token: &Token| token.text.as_str())
    };
    let (mut events, mut arm) = (Vec::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        if source.is_test_line(token.line) {
            continue;
        }
        if text(at) == "Event" && text(at + 1) == "::" && text(at + 3) == "(" {
            arm.push(text(at + 2).to_owned());
        } else if text(at) == "=>" {
            let body: Vec<&str> = (at + 1..at + 8)
                .map(text)
                .skip_while(|word| matches!(*word, "{" | "return"))
                .collect();
            let passes_over = body.starts_with(&["Ok", "(", "(", ")", ")"])
                || body.starts_with(&["Ok", "(", "None", ")"])
                || body.first() == Some(&"None");
            if passes_over {
                arm.clear();
            }
            events.append(&mut arm);
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_that_does_nothing_is_no_consumer() {
        let text = "fn f() { match e { Event::A(a) => act(a), Event::B(_) | Event::C(_) => \
                    return Ok(()), Event::D(d) => { Ok(go(d)) } Event::E(_) => {} , \
                    Event::F(_) => Ok(()), } }";
        let source = Source::parse("services/x/src/interfaces/consumer.rs", text.to_owned());
        assert_eq!(acted_on(&source.unwrap()), ["A", "D", "E"]);
    }
}
