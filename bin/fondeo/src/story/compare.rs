//! Figure by figure: what was expected, what came, and where.

use serde_json::Value;

/// Every place where the two differ, by its path; none when they are the same.
pub fn differences(expected: &Value, came: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, came, &mut found);
    found
}

/// How many figures and words there are.
pub fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

fn compare(at: &str, expected: &Value, came: &Value, found: &mut Vec<String>) {
    match (expected, came) {
        (Value::Object(expected), Value::Object(came)) => {
            for (key, value) in expected {
                let at = below(at, key);
                match came.get(key) {
                    Some(other) => compare(&at, value, other, found),
                    None => found.push(format!("{at}: expected {value}, nothing came")),
                }
            }
            for (key, value) in came {
                if !expected.contains_key(key) {
                    found.push(format!(
                        "{}: nothing was expected, {value} came",
                        below(at, key)
                    ));
                }
            }
        }
        (Value::Array(expected), Value::Array(came)) => {
            for index in 0..expected.len().max(came.len()) {
                let at = format!("{at}[{index}]");
                match (expected.get(index), came.get(index)) {
                    (Some(value), Some(other)) => compare(&at, value, other, found),
                    (Some(value), None) => {
                        found.push(format!("{at}: expected {value}, nothing came"));
                    }
                    (None, Some(value)) => {
                        found.push(format!("{at}: nothing was expected, {value} came"));
                    }
                    (None, None) => {}
                }
            }
        }
        _ if expected == came => {}
        _ => found.push(format!("{at}: expected {expected}, came {came}")),
    }
}

fn below(at: &str, key: &str) -> String {
    if at.is_empty() {
        key.to_owned()
    } else {
        format!("{at}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_is_named_by_its_path() {
        let expected = json!({ "a": [{ "b": "1.00" }, 2], "c": { "d": null }, "e": 1 });
        assert_eq!(differences(&expected, &expected), Vec::<String>::new());
        assert_eq!(count(&expected), 4);
        let came = json!({ "a": [{ "b": "1.01" }], "c": {}, "e": 1, "f": true });
        assert_eq!(
            differences(&expected, &came),
            [
                "a[0].b: expected \"1.00\", came \"1.01\"",
                "a[1]: expected 2, nothing came",
                "c.d: expected null, nothing came",
                "f: nothing was expected, true came",
            ]
        );
    }
}
