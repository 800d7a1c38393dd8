//! Every path that a file names (`a::b::C`, and each leaf of a `use` tree) with its line.

use crate::source::Token;

/// `use a::{b, c::*};` gives `a::b` and `a::c::*`.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedPath {
    pub steps: Vec<String>,
    pub line: usize,
}

/// All paths of two or more steps, and those of one step that a `use` names.
pub fn named(tokens: &[Token]) -> Vec<NamedPath> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = |text: &str| tokens.get(at + 1).is_some_and(|token| token.text == text);
        if token.text == "use" && !next("<") {
            at = use_tree(tokens, at + 1, &[], &mut found);
        } else if token.is_word() && goes_on(tokens, at) && begins(tokens, at) {
            at = expression(tokens, at, &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// `return ::a` is a word and a path, `a::b` is a path.
fn goes_on(tokens: &[Token], at: usize) -> bool {
    tokens
        .get(at + 1)
        .is_some_and(|sign| sign.text == "::" && sign.glued)
}

/// Not the middle of a longer path (`<T as A>::b::c`), nor a method (`x.collect::<…>`).
fn begins(tokens: &[Token], at: usize) -> bool {
    match at.checked_sub(1).map(|before| &tokens[before]) {
        Some(token) if token.text == "." || token.text == "'" => false,
        // The sign in `impl<T> ::std::ops::Add` begins a path, that in `<T as A>::b` does not.
        Some(token) if token.text == "::" => {
            let before = at.checked_sub(2).map(|before| &tokens[before]);
            !token.glued || before.is_none_or(|token| !token.is_word() && token.text != ">")
        }
        _ => true,
    }
}

fn expression(tokens: &[Token], mut at: usize, found: &mut Vec<NamedPath>) -> usize {
    let line = tokens[at].line;
    let mut steps = vec![tokens[at].text.clone()];
    at += 1;
    while let [sign, step, ..] = &tokens[at..]
        && sign.text == "::"
        && step.is_word()
    {
        steps.push(step.text.clone());
        at += 2;
    }
    if steps.len() > 1 {
        found.push(NamedPath { steps, line });
    }
    at
}

fn use_tree(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<NamedPath>,
) -> usize {
    let mut steps = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "::" => {}
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = use_tree(tokens, at, &steps, found);
                    if tokens.get(at).is_some_and(|token| token.text == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            // The other name is ours to choose.
            "as" => at += 1,
            "*" => steps.push("*".to_owned()),
            _ if token.is_word() => steps.push(token.text.clone()),
            _ => break,
        }
        at += 1;
    }
    let line = tokens
        .get(at.saturating_sub(1))
        .map_or(0, |token| token.line);
    found.push(NamedPath { steps, line });
    // At least one token further, whatever stood there.
    at.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::parse("a.rs", text.to_owned()).unwrap();
        named(&source.tokens)
            .into_iter()
            .map(|path| path.steps.join("::"))
            .collect()
    }

    #[test]
    fn a_use_tree_gives_each_leaf() {
        let text = "use a::{b, c::{self, D as E}, f::*}; pub use ::g; use {h::I, super::j};";
        let leaves = [
            "a::b",
            "a::c::self",
            "a::c::D",
            "a::f::*",
            "g",
            "h::I",
            "super::j",
        ];
        assert_eq!(paths(text), leaves);
    }

    #[test]
    fn a_path_is_seen_in_types_calls_macros_and_attributes() {
        assert_eq!(
            paths("fn f(a: ::b::C) -> d::E { g::h::<i::J>(&k) }"),
            ["b::C", "d::E", "g::h", "i::J"]
        );
        assert_eq!(
            paths("#[derive(sqlx::Type)] struct A; f!(b = c::d!());"),
            ["sqlx::Type", "c::d"]
        );
        assert_eq!(
            paths("impl<T> ::a::B for C<T>::D {} return ::e::F"),
            ["a::B", "e::F"]
        );
        assert_eq!(paths("<T as a::B>::c::d(x.e::<f::G>())"), ["a::B", "f::G"]);
        assert_eq!(
            paths("fn f() -> impl A + use<'_> { b }"),
            Vec::<String>::new()
        );
    }
}
