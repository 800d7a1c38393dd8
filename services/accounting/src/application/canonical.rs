//! The canonical form of a document: JSON with sorted keys, no blanks, and integers as strings, so
//! that equal facts have equal bytes in every program and no reader makes a float of an amount.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A document as it is stored: its text, and the SHA-256 of the text's bytes in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// The text.
    pub text: String,
    /// Its hash.
    pub hash: String,
}

/// Contents that have no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// A number that is no integer: it would not be the same in every program.
    #[error("{0} is not an integer")]
    NotAnInteger(serde_json::Number),
    /// Not plain data.
    #[error("the document is not plain data")]
    NotPlain(#[source] serde_json::Error),
}

/// Writes a document and hashes it.
pub fn canonical(document: &impl Serialize) -> Result<Canonical, NotCanonical> {
    let value = serde_json::to_value(document).map_err(NotCanonical::NotPlain)?;
    let mut text = String::new();
    put(&value, &mut text)?;
    let hash = hash(&text);
    Ok(Canonical { text, hash })
}

/// The SHA-256 of a text's bytes, lower-case hex.
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn put(value: &Value, out: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Number(number) => {
            if !(number.is_i64() || number.is_u64()) {
                return Err(NotCanonical::NotAnInteger(number.clone()));
            }
            out.push_str(&Value::String(number.to_string()).to_string());
        }
        Value::Null | Value::Bool(_) | Value::String(_) => out.push_str(&value.to_string()),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                put(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            // Sorted here: whether a map of serde_json is, is up to features of other crates.
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (at, (key, member)) in members.into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                put(&Value::String(key.clone()), out)?;
                out.push(':');
                put(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_and_integers_are_strings() {
        let document = json!({
            "zebra": -7,
            "apple": null,
            "list": [{ "b": 1, "a": u64::MAX }, "a\"b\tñ"],
            "open": true,
        });
        let expected = concat!(
            r#"{"apple":null,"list":[{"a":"18446744073709551615","b":"1"},"a\"b\tñ"],"#,
            r#""open":true,"zebra":"-7"}"#,
        );
        assert_eq!(canonical(&document).expect("plain data").text, expected);
    }

    #[test]
    fn the_hash_is_that_of_the_text() {
        // SHA-256 of `{}`.
        let known = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(canonical(&json!({})).expect("plain data").hash, known);
    }

    #[test]
    fn a_broken_number_has_no_canonical_form() {
        let broken: Value = serde_json::from_str("[1e-1]").expect("JSON");
        assert!(matches!(
            canonical(&broken),
            Err(NotCanonical::NotAnInteger(_))
        ));
    }
}
