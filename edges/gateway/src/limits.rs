//! What a query may cost, checked before any of its resolvers runs (security.md §Edge 33).

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextValidation,
};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Request, ServerError, ServerResult, ValidationResult};

const TOKENS: usize = 2_000;
const DEPTH: usize = 10;
const ALIASES: usize = 15;
const ROOTS: usize = 10;
const DIRECTIVES: usize = 20;
const COMPLEXITY: usize = 5_000;
/// Fragments inside fragments; a circle of them ends here.
const FRAGMENTS: usize = 20;
/// Selections with every fragment written out, so that a short text can't unfold without end.
const SELECTIONS: usize = 5_000;

/// Refuses a query that asks for too much, with the limit that it broke.
pub struct Limits {
    /// Then the query that tools ask for the schema itself is deeper than others may be.
    pub development: bool,
}

impl ExtensionFactory for Limits {
    fn create(&self) -> Arc<dyn Extension> {
        let development = self.development;
        Arc::new(Self { development })
    }
}

#[async_trait::async_trait]
impl Extension for Limits {
    /// Before the library's own parsing, whose check of the depth follows every fragment wherever
    /// it stands: a short text would keep it busy without end.
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let mut request = next.run(ctx, request).await?;
        if tokens(&request.query) > TOKENS {
            return Err(refused("too_many_tokens", TOKENS));
        }
        let document = parse_query(&request.query)?;
        Count::of(&document, self.development)?;
        request.set_parsed_query(document);
        Ok(request)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let valid = next.run(ctx).await?;
        if valid.complexity > COMPLEXITY {
            return Err(vec![refused("too_complex", COMPLEXITY)]);
        }
        Ok(valid)
    }
}

fn refused(code: &'static str, limit: usize) -> ServerError {
    let mut error = ServerError::new(
        format!("the query asks for too much: at most {limit}"),
        None,
    );
    let mut extensions = async_graphql::ErrorExtensionValues::default();
    extensions.set("code", code);
    extensions.set("limit", limit);
    error.extensions = Some(extensions);
    error
}

/// What was met so far, fragments written out.
struct Count<'a> {
    document: &'a ExecutableDocument,
    development: bool,
    selections: usize,
    roots: usize,
    aliases: usize,
    directives: usize,
}

impl<'a> Count<'a> {
    fn of(document: &'a ExecutableDocument, development: bool) -> ServerResult<()> {
        let mut count = Self {
            document,
            development,
            selections: 0,
            roots: 0,
            aliases: 0,
            directives: 0,
        };
        for (_, operation) in document.operations.iter() {
            count.directives += operation.node.directives.len();
            count.set(&operation.node.selection_set.node, 1, 0)?;
        }
        Ok(())
    }

    fn set(&mut self, set: &'a SelectionSet, depth: usize, fragments: usize) -> ServerResult<()> {
        for selection in &set.items {
            self.selections += 1;
            let (inner, depth, fragments) = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    self.aliases += usize::from(field.alias.is_some());
                    self.directives += field.directives.len();
                    self.roots += usize::from(depth == 1);
                    if self.development && field.name.node.starts_with("__") {
                        continue;
                    }
                    (&field.selection_set.node, depth + 1, fragments)
                }
                Selection::InlineFragment(inline) => {
                    self.directives += inline.node.directives.len();
                    (&inline.node.selection_set.node, depth, fragments)
                }
                Selection::FragmentSpread(spread) => {
                    self.directives += spread.node.directives.len();
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else {
                        continue;
                    };
                    (&fragment.node.selection_set.node, depth, fragments + 1)
                }
            };
            self.check(depth, fragments, inner.items.is_empty())?;
            self.set(inner, depth, fragments)?;
        }
        Ok(())
    }

    fn check(&self, depth: usize, fragments: usize, is_leaf: bool) -> ServerResult<()> {
        let deepest = if is_leaf { DEPTH + 1 } else { DEPTH };
        if depth > deepest || fragments > FRAGMENTS {
            Err(refused("too_deep", DEPTH))
        } else if self.aliases > ALIASES {
            Err(refused("too_many_aliases", ALIASES))
        } else if self.roots > ROOTS {
            Err(refused("too_many_root_fields", ROOTS))
        } else if self.directives > DIRECTIVES {
            Err(refused("too_many_directives", DIRECTIVES))
        } else if self.selections > SELECTIONS {
            Err(refused("too_complex", SELECTIONS))
        } else {
            Ok(())
        }
    }
}

/// How many tokens a query has (GraphQL §2.1.6), counted without building anything.
fn tokens(query: &str) -> usize {
    let mut rest = query;
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}' => {
                rest = &rest[first.len_utf8()..];
                continue;
            }
            '#' => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            '"' => text(rest),
            '.' => rest.len() - rest.trim_start_matches('.').len(),
            '-' | '0'..='9' => rest.len() - rest.trim_start_matches(is_number).len(),
            c if is_word(c) => rest.len() - rest.trim_start_matches(is_word).len(),
            other => other.len_utf8(),
        };
        count += 1;
        rest = &rest[length..];
    }
    count
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_number(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')
}

/// The length of the string that starts here; one without an end takes the rest.
fn text(rest: &str) -> usize {
    let (start, end) = if rest.starts_with("\"\"\"") {
        (3, "\"\"\"")
    } else {
        (1, "\"")
    };
    let mut at = start;
    while at < rest.len() {
        if rest[at..].starts_with('\\') {
            let escaped = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
            at += 1 + escaped;
        } else if rest[at..].starts_with(end) {
            return at + end.len();
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(query: &str, development: bool) -> Option<String> {
        let document = parse_query(query).expect("a query");
        let error = Count::of(&document, development).err()?;
        let code = error
            .extensions
            .and_then(|values| values.get("code").cloned());
        code.map(|code| code.to_string())
    }

    fn nested(depth: usize) -> String {
        format!("{}a{}", "{ a ".repeat(depth - 1) + "{ ", " }".repeat(depth))
    }

    #[test]
    fn each_limit_lets_its_last_through_and_refuses_the_next() {
        let many = |each: &str, count: usize| format!("{{ a {{ {} }} }}", each.repeat(count));
        let roots = |count: usize| format!("{{ {} }}", "a ".repeat(count));
        let cases = [
            (nested(10), nested(11), "too_deep"),
            (many("b: c ", 15), many("b: c ", 16), "too_many_aliases"),
            (roots(10), roots(11), "too_many_root_fields"),
            (
                many("b @skip(if: true) ", 20),
                many("b @skip(if: true) ", 21),
                "too_many_directives",
            ),
        ];
        for (allowed, refused, code) in cases {
            assert_eq!(broken(&allowed, false), None, "{allowed}");
            assert_eq!(
                broken(&refused, false),
                Some(format!("\"{code}\"")),
                "{refused}"
            );
        }
    }

    #[test]
    fn fragments_count_as_if_they_were_written_out() {
        let roots = "{ ...F ...F ...F } fragment F on Query { a b c d }";
        assert_eq!(
            broken(roots, false).as_deref(),
            Some("\"too_many_root_fields\"")
        );
        let circle = "{ a { ...F } } fragment F on T { b { ...F } }";
        assert_eq!(broken(circle, false).as_deref(), Some("\"too_deep\""));
        let ring = "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }";
        assert_eq!(broken(ring, false).as_deref(), Some("\"too_deep\""));
        let doubling: Vec<String> = (0..18)
            .map(|n| format!("fragment F{n} on T {{ ...F{m} ...F{m} }} ", m = n + 1))
            .collect();
        let doubling = doubling.concat();
        let bomb = format!("{{ a {{ ...F0 }} }} {doubling} fragment F18 on T {{ b }}");
        assert_eq!(broken(&bomb, false).as_deref(), Some("\"too_complex\""));
    }

    #[test]
    fn only_development_lets_the_schema_be_asked_deeply() {
        let schema = nested(12).replacen("{ a", "{ __schema", 1);
        assert_eq!(broken(&schema, true), None);
        assert!(broken(&schema, false).is_some());
    }

    #[test]
    fn tokens_are_counted_as_the_language_has_them() {
        let cases = [
            ("", 0),
            ("# nothing\n , ", 0),
            ("{ project(id: \"a b c\") { name } }", 11),
            ("query Q($a: [Int!]! = [1, -2.5e3]) { b(c: $a) }", 26),
            (r#"{ a(b: "es\"cap\\ed", c: """b "x" \""" y""") }"#, 11),
            ("{ ...F @x }", 6),
            ("\"never ends", 1),
            ("ñ", 1),
        ];
        for (query, count) in cases {
            assert_eq!(tokens(query), count, "{query}");
        }
        assert!(tokens(&"a ".repeat(2_001)) > TOKENS);
    }
}
