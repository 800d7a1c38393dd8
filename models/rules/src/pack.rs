//! A rule pack as its file says it, field by field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use money::{Currency, Ppm};
use serde::{Deserialize, Serialize};
use settlement::ShareType;
use sha2::{Digest, Sha256};
use strum::Display;
use time::Date;

use crate::{Amount, ImportLine, Limit, Rounding, Unit};

/// The rules of a jurisdiction from a day on. One that came out of [`crate::Packs`] does not
/// contradict itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// A country's two letters, or `EU`.
    pub jurisdiction: String,
    /// The first day.
    pub valid_from: Date,
    /// The last day, if it is known; the next pack begins the day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// What the rules are called.
    pub name: String,
    /// Whether it only shows how a pack is written: nobody's legal advice.
    pub example: bool,
    /// The currency of the jurisdiction.
    pub currency: Currency,
    /// What the reader must know: what was left out, and why.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The laws that sources name, by a short key.
    pub laws: BTreeMap<String, Law>,
    /// Units that amounts are counted in, beside currencies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, Unit>,
    /// The types of participation that may be offered.
    pub participation: Vec<ParticipationRule>,
    /// What an offering keeps.
    #[serde(default)]
    pub offering: Offering,
    /// The investors; RETAIL always.
    pub categories: BTreeMap<Category, CategoryRules>,
    /// What an investor is told and agrees to.
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// What must be shown before anybody takes part.
    #[serde(default)]
    pub documents: Vec<Document>,
    /// Duties and taxes of an import.
    #[serde(default)]
    pub import: Import,
    /// Taxes withheld from an investor's profit.
    #[serde(default)]
    pub withholding: Vec<Withholding>,
    /// What is reported to whom.
    #[serde(default)]
    pub reports: Vec<Report>,
}

/// A law, where it can be read and its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// As it is cited.
    pub title: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Of its text, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
}

/// The key of a law, a space, and the place in it: `ECSPR Art. 22(2)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(pub String);

impl Source {
    /// The law's key and the place in it.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.0.split_once(' ').unwrap_or((&self.0, ""))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A figure and the law that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a figure and its source: `{ value = …, source = \"…\" }`"
)]
pub struct Figure<T> {
    /// The figure.
    pub value: T,
    /// Where it stands.
    pub source: Source,
}

/// A type of participation that may be offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParticipationRule {
    /// The type.
    #[serde(rename = "type")]
    pub share: ShareType,
    /// What allows it, or leaves it to general law.
    pub source: Source,
}

/// What an offering keeps. Nothing said is nothing asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// The most that one project may raise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_max: Option<Figure<Amount>>,
    /// The most that an owner may raise in twelve months, this project included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_max_12_months: Option<Figure<Amount>>,
    /// How long it is open at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_days_min: Option<Figure<i32>>,
    /// How long it is open at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_days_max: Option<Figure<i32>>,
    /// How long investors have to renew after a material change, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal_hours: Option<Figure<i32>>,
}

/// How much an investor is taken to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Protected by every limit.
    Retail,
    /// Has shown that they can judge and bear the risk.
    Sophisticated,
}

/// What holds for the investors of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRules {
    /// What the law calls them.
    pub name: String,
    /// Who they are.
    pub source: Source,
    /// The most in one project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_project: Option<Limit>,
    /// The most over all projects in twelve months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_12_months: Option<Limit>,
    /// Above it the investor is warned and agrees once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_above: Option<Limit>,
    /// How long they may withdraw at no cost, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling_off_hours: Option<Figure<i32>>,
    /// Whether what they know is tested first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_test: Option<Figure<bool>>,
    /// Whether they simulate the loss that they can bear first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_simulation: Option<Figure<bool>>,
}

/// What a consent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsentKind {
    /// A warning that is acknowledged before each participation.
    RiskWarning,
    /// A warning that is acknowledged above `warn_above`.
    LargeAmount,
    /// A declaration of the investor.
    Declaration,
}

/// What an investor is told and agrees to, in a version of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Stable: `total_loss`.
    pub code: String,
    /// From 1 on; a new text is a new version.
    pub version: u16,
    /// What it is.
    pub kind: ConsentKind,
    /// Of whom it is asked.
    pub categories: BTreeSet<Category>,
    /// The text in Spanish.
    pub es: String,
    /// The text in English.
    pub en: String,
    /// What asks for it.
    pub source: Source,
}

/// A document that must be shown before anybody takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Stable: `key_information_sheet`.
    pub code: String,
    /// What the law calls it.
    pub name: String,
    /// How long it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages_max: Option<u16>,
    /// What asks for it.
    pub source: Source,
}

/// Duties and taxes of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// How taxes are rounded, if not to the minor unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    /// The lines, in any order: costing knows the order of evaluation.
    #[serde(default)]
    pub lines: Vec<ImportLine>,
}

/// Where an investor is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Residence {
    /// In the jurisdiction.
    Resident,
    /// Elsewhere.
    NonResident,
}

/// A tax withheld from profit after fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withholding {
    /// What it is called.
    pub name: String,
    /// From whom.
    pub categories: BTreeSet<Category>,
    /// Taxed where.
    pub residence: Residence,
    /// How much, at most the whole.
    pub rate_ppm: Ppm,
    /// Where it stands.
    pub source: Source,
}

/// A rate that is withheld, and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// What it is called.
    pub name: String,
    /// Of profit after fee.
    pub rate: Ppm,
    /// The law in full.
    pub source: String,
}

/// A report that the rules ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Stable: `form_c_ar`.
    pub code: String,
    /// What the law calls it.
    pub name: String,
    /// What asks for it.
    pub source: Source,
}

impl Pack {
    /// What is stored of it: `EU@2021-11-10`.
    pub fn version(&self) -> String {
        format!("{}@{}", self.jurisdiction, self.valid_from)
    }

    /// The pack in its canonical form: the same content always prints the same, whatever the
    /// comments of its file and the order of its tables and keys; the order of a list is content.
    /// Reading it gives the same pack.
    pub fn print(&self) -> String {
        toml::to_string(self).expect("every field of a pack has a form in TOML")
    }

    /// The SHA-256 of the canonical form, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.print()))
    }

    /// A source in full: `Regulation (EU) 2020/1503, Art. 22(2)`.
    pub(crate) fn cite(&self, source: &Source) -> String {
        let (key, place) = source.parts();
        let title = self.laws.get(key).map_or(key, |law| &law.title);
        format!("{title}, {place}")
    }

    /// Who the law does not tell apart is protected like RETAIL.
    pub(crate) fn resolved(&self, category: Category) -> Category {
        if self.categories.contains_key(&category) {
            category
        } else {
            Category::Retail
        }
    }

    /// What holds for a category. `None` only of a pack that was not loaded.
    pub(crate) fn rules_of(&self, category: Category) -> Option<&CategoryRules> {
        self.categories.get(&self.resolved(category))
    }

    /// The tax withheld of an investor's profit after fee; `None` where the pack names none.
    pub fn withholding(&self, category: Category, residence: Residence) -> Option<Withheld> {
        let category = self.resolved(category);
        let found = self.withholding.iter().find(|withholding| {
            withholding.residence == residence && withholding.categories.contains(&category)
        })?;
        Some(Withheld {
            name: found.name.clone(),
            rate: found.rate_ppm,
            source: self.cite(&found.source),
        })
    }
}
