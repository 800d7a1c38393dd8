//! The texts that a person agrees to, in their versions and languages. A text that was in force is
//! never changed: a new version is a new entry with files of its own (`texts/`).

use strum::{Display, EnumIter, EnumString};

/// What a person agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Consent {
    /// That the money may be lost.
    RiskWarning,
    /// The contract with the operator.
    PlatformTerms,
    /// What is done with personal data.
    Privacy,
}

/// One version of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentText {
    /// Counted from 1.
    pub version: i32,
    /// Markdown.
    pub spanish: &'static str,
    /// Markdown.
    pub english: &'static str,
}

impl Consent {
    /// The version in force.
    pub const fn text(self) -> ConsentText {
        match self {
            Self::RiskWarning => ConsentText {
                version: 1,
                spanish: include_str!("../../texts/risk_warning.1.es.md"),
                english: include_str!("../../texts/risk_warning.1.en.md"),
            },
            Self::PlatformTerms => ConsentText {
                version: 1,
                spanish: include_str!("../../texts/platform_terms.1.es.md"),
                english: include_str!("../../texts/platform_terms.1.en.md"),
            },
            Self::Privacy => ConsentText {
                version: 1,
                spanish: include_str!("../../texts/privacy.1.es.md"),
                english: include_str!("../../texts/privacy.1.en.md"),
            },
        }
    }
}

impl ConsentText {
    /// In English where the language is not Spanish.
    pub fn in_language(&self, language: &str) -> &'static str {
        if language == "es" {
            self.spanish
        } else {
            self.english
        }
    }
}
