//! Reads the forms of a page, as far as a person without scripts fills them in.

/// A form as it stands on a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it goes; empty: to its own page.
    pub action: String,
    /// What it sends untouched: hidden fields, and texts that are filled in already.
    pub fields: Vec<(String, String)>,
    /// The names of everything that can be filled in or chosen.
    pub names: Vec<String>,
}

impl Form {
    /// Whether it has all these fields.
    pub fn has(&self, names: &[&str]) -> bool {
        names
            .iter()
            .all(|name| self.names.iter().any(|own| own == name))
    }

    /// What it sends when these are filled in; a name may stand more than once.
    pub fn filled(&self, with: &[(&str, &str)]) -> Vec<(String, String)> {
        let kept = self
            .fields
            .iter()
            .filter(|(name, _)| !with.iter().any(|(own, _)| own == name))
            .cloned();
        let own = with
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        kept.chain(own).collect()
    }
}

/// Every form of the page.
pub fn forms(page: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for part in page.split("<form").skip(1) {
        let whole = part.split("</form").next().unwrap_or(part);
        let (opening, inside) = whole.split_once('>').unwrap_or((whole, ""));
        let mut form = Form {
            action: attribute(opening, "action").unwrap_or_default(),
            ..Form::default()
        };
        for tag in inside.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or(tag);
            let kind = tag.split_whitespace().next().unwrap_or_default();
            let Some(name) = attribute(tag, "name") else {
                continue;
            };
            if !matches!(kind, "input" | "select" | "textarea") {
                continue;
            }
            let is_hidden = attribute(tag, "type").as_deref() == Some("hidden");
            if is_hidden {
                form.fields
                    .push((name.clone(), attribute(tag, "value").unwrap_or_default()));
            }
            form.names.push(name);
        }
        forms.push(form);
    }
    forms
}

/// What the page says to the reader when something is wrong, without its tags.
pub fn alert(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("role=\"alert\"")?;
    let (_, inside) = rest.split_once('>')?;
    let mut text = String::new();
    for part in inside.split("</p").next()?.split('<') {
        let words = part.split_once('>').map_or(part, |(_, words)| words);
        text.push_str(words.trim());
        text.push(' ');
    }
    Some(decoded(text.trim()))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back();
        let after = &rest[at + name.len()..];
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        if before.is_none_or(char::is_whitespace)
            && let Some(value) = value
        {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let text = match quote {
                Some(quote) => value[1..].split(quote).next(),
                None => value.split(char::is_whitespace).next(),
            };
            return text.map(decoded);
        }
        rest = after;
    }
}

fn decoded(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (coded, plain)| {
        text.replace(coded, plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<p role="alert" class=x><b>Wrong</b> &amp; late</p>
        <form method="post" action="/in?a=1&amp;b=2">
        <input type="hidden" name="csrf" value="t&#39;k">
        <label for=email>E-mail</label>
        <input id=e name="email" type=email value="old">
        <select name='language'><option value="es">ES</select>
        <button name="go">Go</button></form>"#;

    #[test]
    fn a_form_is_read_and_filled_in() {
        let [form] = &forms(PAGE)[..] else {
            panic!("one form");
        };
        assert_eq!(form.action, "/in?a=1&b=2");
        assert!(form.has(&["csrf", "email", "language"]) && !form.has(&["go"]));
        let sent = form.filled(&[("email", "a@b"), ("role", "x"), ("role", "y")]);
        let sent: Vec<_> = sent.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let expected = [
            ("csrf", "t'k"),
            ("email", "a@b"),
            ("role", "x"),
            ("role", "y"),
        ];
        assert_eq!(sent, expected);
        assert_eq!(alert(PAGE).as_deref(), Some("Wrong & late"));
        assert_eq!(alert("<p>fine</p>"), None);
    }
}
