//! The Rust files of the house as flat lists of tokens with their lines: what is in a comment is
//! gone, what is in an attribute or a macro is there.

use std::fmt;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, anyhow};
use proc_macro2::{Delimiter, LineColumn, Spacing, Span, TokenStream, TokenTree};

/// Where code lives.
const ROOMS: &[&str] = &[
    "bin", "crates", "e2e", "edges", "models", "proto", "services", "xtask",
];

/// One broken rule, at one place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the root.
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what } = self;
        write!(f, "{path}:{line}: {what}")
    }
}

/// An identifier, a literal, a delimiter, or a sign; `::`, `=>`, `->` and `..` are one token each.
#[derive(Debug)]
pub struct Token {
    pub text: String,
    pub line: usize,
    /// No space stands before it.
    pub glued: bool,
}

impl Token {
    /// Also true of keywords.
    pub fn is_word(&self) -> bool {
        self.text
            .starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// One Rust file.
#[derive(Debug)]
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
    pub tokens: Vec<Token>,
    /// The lines of items under `#[cfg(test)]` or `#[test]`.
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    pub fn parse(path: &str, text: String) -> anyhow::Result<Self> {
        let stream: TokenStream = text
            .parse()
            .map_err(|error| anyhow!("{path} is not Rust: {error}"))?;
        let mut tokens = Tokens::default();
        flatten(stream, &mut tokens);
        let tokens = tokens.list;
        let tests = test_items(&tokens);
        Ok(Self {
            path: path.to_owned(),
            text,
            tokens,
            tests,
        })
    }

    pub fn at(&self, line: usize, what: impl Into<String>) -> Violation {
        Violation {
            path: self.path.clone(),
            line,
            what: what.into(),
        }
    }

    /// A file of tests, examples or benchmarks as a whole.
    pub fn is_test_file(&self) -> bool {
        self.path
            .split('/')
            .any(|step| matches!(step, "tests" | "tests.rs" | "examples" | "benches"))
    }

    pub fn is_test_line(&self, line: usize) -> bool {
        self.is_test_file() || self.tests.iter().any(|lines| lines.contains(&line))
    }
}

/// All Rust files below the rooms, in order.
pub fn rust_files(root: &Path) -> anyhow::Result<Vec<Source>> {
    files(root, "rs")?
        .into_iter()
        .map(|(path, text)| Source::parse(&path, text))
        .collect()
}

/// The path (from the root) and text of each file below the rooms with this ending.
pub fn files(root: &Path, ending: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for room in ROOMS {
        if root.join(room).is_dir() {
            walk(root, room, ending, &mut found)?;
        }
    }
    Ok(found)
}

fn walk(
    root: &Path,
    below: &str,
    ending: &str,
    found: &mut Vec<(String, String)>,
) -> anyhow::Result<()> {
    let folder = root.join(below);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {below}"))? {
        let entry = entry?;
        names.push((
            entry.file_name().to_string_lossy().into_owned(),
            entry.file_type()?,
        ));
    }
    names.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, kind) in names {
        let path = format!("{below}/{name}");
        if kind.is_dir() && name != "target" && name != "node_modules" {
            walk(root, &path, ending, found)?;
        } else if kind.is_file() && name.rsplit_once('.').is_some_and(|(_, end)| end == ending) {
            let text = fs::read_to_string(root.join(&path));
            let text = text.with_context(|| format!("cannot read {path}"))?;
            found.push((path, text));
        }
    }
    Ok(())
}

fn flatten(stream: TokenStream, tokens: &mut Tokens) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(open, group.span_open(), group.span_open());
                flatten(group.stream(), tokens);
                tokens.push(close, group.span_close(), group.span_close());
            }
            TokenTree::Punct(sign) => {
                let (text, span) = (sign.as_char().to_string(), sign.span());
                let pair = trees.peek().and_then(|next| match next {
                    TokenTree::Punct(next) if sign.spacing() == Spacing::Joint => {
                        Some((format!("{text}{}", next.as_char()), next.span()))
                    }
                    _ => None,
                });
                match pair {
                    Some((pair, end)) if ["::", "=>", "->", ".."].contains(&pair.as_str()) => {
                        trees.next();
                        tokens.push(&pair, span, end);
                    }
                    _ => tokens.push(&text, span, span),
                }
            }
            TokenTree::Ident(word) => {
                let text = word.to_string();
                tokens.push(text.trim_start_matches("r#"), word.span(), word.span());
            }
            TokenTree::Literal(literal) => {
                tokens.push(&literal.to_string(), literal.span(), literal.span());
            }
        }
    }
}

/// The list as it grows, with the place where its last token ended.
#[derive(Default)]
struct Tokens {
    list: Vec<Token>,
    end: Option<LineColumn>,
}

impl Tokens {
    fn push(&mut self, text: &str, first: Span, last: Span) {
        let start = first.start();
        let glued = self.end == Some(start);
        self.list.push(Token {
            text: text.to_owned(),
            line: start.line,
            glued,
        });
        self.end = Some(last.end());
    }
}

/// From `#[cfg(test)]` or `#[…test]` to the end of the item's body (or its semicolon).
fn test_items(tokens: &[Token]) -> Vec<RangeInclusive<usize>> {
    let mut items = Vec::new();
    let mut at = 0;
    while at + 1 < tokens.len() {
        if tokens[at].text == "#" && tokens[at + 1].text == "[" {
            let end = closing(tokens, at + 1);
            let words: Vec<&str> = tokens[at + 2..end]
                .iter()
                .map(|t| t.text.as_str())
                .collect();
            // `#[tokio::test(flavor = …)]` is one as well; `#[cfg(not(test))]` is none.
            let path_end = words
                .iter()
                .position(|word| *word == "(")
                .unwrap_or(words.len());
            let is_test = words == ["cfg", "(", "test", ")"]
                || words[..path_end].last().is_some_and(|word| *word == "test");
            if is_test {
                let last = item_end(tokens, end + 1);
                items.push(tokens[at].line..=tokens[last].line);
                at = last;
            } else {
                at = end;
            }
        }
        at += 1;
    }
    items
}

/// The index of the delimiter that closes the one at `open`.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

fn item_end(tokens: &[Token], start: usize) -> usize {
    let mut at = start;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "{" => return closing(tokens, at),
            ";" => return at,
            "(" | "[" => at = closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
    tokens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_gone_and_macros_and_attributes_are_there() {
        let text =
            "#[derive(sqlx::Type)] struct A; // tonic::Status\nfn f() { q!(a::b) }".to_owned();
        let source = Source::parse("a.rs", text).unwrap();
        let words: Vec<&str> = source.tokens.iter().map(|t| t.text.as_str()).collect();
        assert!(
            words.windows(3).any(|w| w == ["sqlx", "::", "Type"]),
            "{words:?}"
        );
        assert!(words.windows(3).any(|w| w == ["a", "::", "b"]), "{words:?}");
        assert!(!words.contains(&"tonic"), "{words:?}");
    }

    #[test]
    fn the_lines_of_tests_are_known() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n#[cfg(not(test))]\nfn c() {}\n\
                    #[tokio::test(flavor = \"x\")]\nasync fn d() {\n}\n"
                .to_owned();
        let source = Source::parse("a.rs", text).unwrap();
        let lines: Vec<usize> = (1..=10).filter(|line| source.is_test_line(*line)).collect();
        assert_eq!(lines, [2, 3, 4, 5, 8, 9, 10]);
    }
}
