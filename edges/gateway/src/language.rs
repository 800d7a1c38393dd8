//! The languages that Fondeo speaks, and its texts in them.

use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, static_loader};
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Spanish.
    Es,
    /// English, also for everybody who asks for neither.
    En,
}

impl Language {
    /// The one of ours that the reader likes best (RFC 9110 §12.5.4).
    pub fn of(headers: &HeaderMap) -> Self {
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let ranges = asked.into_iter().flat_map(|text| text.split(','));
        let mut best = (0, Self::En);
        for range in ranges {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let language = match tag.split('-').next() {
                Some("es") => Self::Es,
                Some("en") => Self::En,
                Some(_) | None => continue,
            };
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1_000, thousandths);
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }

    /// The other one of the two.
    pub fn other(self) -> Self {
        match self {
            Self::Es => Self::En,
            Self::En => Self::Es,
        }
    }

    /// The language of a tag.
    pub fn tagged(tag: &str) -> Option<Self> {
        let all = [Self::Es, Self::En];
        all.into_iter().find(|language| language.tag() == tag)
    }

    /// The text of this name, `None` when there is none, or when it names what is not given.
    pub fn text(self, name: &str, args: &[(String, String)]) -> Option<String> {
        let language: LanguageIdentifier = self.tag().parse().expect("a language tag");
        let args: HashMap<_, _> = args
            .iter()
            .map(|(name, value)| (name, FluentValue::from(value.as_str())))
            .collect();
        TEXTS
            .lookup_single_language(&language, name, Some(&args))
            .ok()
    }
}

/// `0.8` is 800; what can't be read is 0.
fn thousandths(quality: &str) -> u32 {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
    let digits = format!("{whole}{decimals:0<3}");
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_best_liked_of_ours() {
        let cases = [
            ("es-PE,es;q=0.9,en;q=0.8", Language::Es),
            ("en-US,es;q=0.9", Language::En),
            ("de, en;q=0.3, es;q=0.7", Language::Es),
            ("ES", Language::Es),
            ("fr", Language::En),
            ("es;q=0", Language::En),
            ("", Language::En),
        ];
        for (asked, language) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().expect("a header"));
            assert_eq!(Language::of(&headers), language, "{asked}");
        }
        assert_eq!(Language::of(&HeaderMap::new()), Language::En);
    }
}
