//! Parameters as they come in a query or a form, each once; and how they go out again.

use std::collections::HashMap;

/// The values by name.
pub(super) struct Fields(HashMap<String, Vec<String>>);

impl Fields {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            fields
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        Self(fields)
    }

    /// The value that came exactly once and is not empty. One with a NUL, which no store takes, is
    /// as good as none.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([value]) if !value.is_empty() && !value.contains('\0') => Some(value),
            Some(_) | None => None,
        }
    }

    /// The same, or nothing as text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.one(name).unwrap_or_default()
    }

    /// Every value, where a form has several fields of one name.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether one came twice, which OAuth forbids (RFC 6749 §3.1).
    pub(super) fn has_repeated(&self) -> bool {
        self.0.values().any(|values| values.len() > 1)
    }
}

/// `name=value&…`; what is empty is left out.
pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(given)
        .finish()
}

/// A query without these parameters.
pub(super) fn without(query: &str, is_out: impl Fn(&str, &str) -> bool) -> String {
    let kept =
        form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| !is_out(name, value));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish()
}
