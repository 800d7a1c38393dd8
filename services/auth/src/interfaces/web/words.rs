//! The texts of the pages, in Spanish and English (`locales/`).

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::{LanguageIdentifier, Loader as _};

use crate::domain::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// One of our languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    Es,
    En,
}

impl Words {
    /// The first language of ours in a list such as `es-AR,es;q=0.9,en;q=0.8`, best first.
    pub(super) fn among(list: &str) -> Option<Self> {
        let tags = list.split([',', ' ']).map(|tag| {
            let (tag, quality) = tag.split_once(";q=").unwrap_or((tag, "1"));
            (tag, thousandths(quality))
        });
        let mut ours: Vec<_> = tags
            .filter_map(|(tag, quality)| Some((Self::of(tag)?, quality)))
            .filter(|(_, quality)| *quality > 0)
            .collect();
        // A stable sort: among equals the first stays first.
        ours.sort_by_key(|(_, quality)| u32::MAX - quality);
        ours.first().map(|(words, _)| *words)
    }

    fn of(tag: &str) -> Option<Self> {
        match tag.trim().split('-').next()? {
            "es" => Some(Self::Es),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }

    /// The text. A key without one stands in marks that no text has; a test looks for them.
    pub(super) fn say(self, key: &str) -> String {
        let language: LanguageIdentifier = self.code().parse().expect("two letters");
        // What texts may name.
        let args = HashMap::from([
            (Cow::Borrowed("min"), PASSWORD_CHARS_MIN.into()),
            (Cow::Borrowed("max"), PASSWORD_CHARS_MAX.into()),
        ]);
        LOCALES
            .try_lookup_with_args(&language, key, &args)
            .unwrap_or_else(|| format!("⟦{key}⟧"))
    }
}

/// `0.85` as 850; what is no quality counts as none.
fn thousandths(quality: &str) -> u32 {
    let (whole, part) = quality
        .trim()
        .split_once('.')
        .unwrap_or((quality.trim(), ""));
    let digits: String = format!("{part}000").chars().take(3).collect();
    match (whole.parse::<u32>(), digits.parse::<u32>()) {
        (Ok(whole), Ok(part)) => whole.min(1) * 1_000 + part,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_of_ours_is_taken() {
        let table = [
            ("es-AR,es;q=0.9,en;q=0.8", Some(Words::Es)),
            ("fr,en;q=0.3,es;q=0.85", Some(Words::Es)),
            ("en es", Some(Words::En)),
            ("es;q=0,en;q=0.1", Some(Words::En)),
            ("fr", None),
            ("", None),
        ];
        for (list, expected) in table {
            assert_eq!(Words::among(list), expected, "{list}");
        }
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let keys = |text: &str| -> Vec<String> {
            let named = text.lines().filter_map(|line| line.split_once(" = "));
            named.map(|(key, _)| key.to_owned()).collect()
        };
        let spanish = keys(include_str!("../../../locales/es/auth.ftl"));
        assert_eq!(spanish, keys(include_str!("../../../locales/en/auth.ftl")));
        for key in &spanish {
            assert_ne!(Words::Es.say(key), format!("⟦{key}⟧"));
            assert!(!Words::Es.say(key).contains('{'), "{key}");
        }
    }
}
