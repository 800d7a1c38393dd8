//! All packs together: which one is in force on a day.

use std::collections::BTreeMap;

use time::Date;

use crate::place::{Places, line_and_column};
use crate::{Pack, PackError, Problem, check};

/// Packs that do not contradict themselves or each other, by jurisdiction and first day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packs {
    packs: BTreeMap<String, BTreeMap<Date, Pack>>,
}

/// No rules of a jurisdiction on a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rules of {jurisdiction} are in force on {on}; there is: {there}")]
pub struct NotInForce {
    /// Whose rules.
    pub jurisdiction: String,
    /// When.
    pub on: Date,
    /// The packs of the jurisdiction, or the jurisdictions that have any.
    pub there: String,
}

impl NotInForce {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        "no_rules_in_force"
    }
}

/// A file that is TOML and has the fields of a pack.
struct Read<'a> {
    file: &'a str,
    text: &'a str,
    places: Places,
    pack: Pack,
}

impl Packs {
    /// Reads the packs out of files: each name, of which the last two parts count, and its text.
    ///
    /// Refuses all that is wrong with any of them at once, in the order of the files and their
    /// lines; of a file that is malformed only what is first.
    pub fn load<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<PackError>> {
        let mut errors = Vec::new();
        let mut read = Vec::new();
        for (file, text) in files {
            match Read::new(file, text) {
                Ok(one) => read.push(one),
                Err(error) => errors.push(*error),
            }
        }
        read.sort_by(|one, other| one.order().cmp(&other.order()));
        for one in &read {
            errors.extend(one.contradictions());
        }
        for pair in read.windows(2) {
            errors.extend(pair[0].seam(&pair[1]));
        }
        if !errors.is_empty() {
            errors.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
            return Err(errors);
        }
        let mut packs = Self::default();
        for Read { pack, .. } in read {
            let of_one = packs.packs.entry(pack.jurisdiction.clone()).or_default();
            of_one.insert(pack.valid_from, pack);
        }
        Ok(packs)
    }

    /// The pack that holds on a day.
    pub fn in_force(&self, jurisdiction: &str, on: Date) -> Result<&Pack, NotInForce> {
        let of_one = self.packs.get(jurisdiction);
        let last = of_one.and_then(|packs| packs.range(..=on).next_back());
        last.map(|(_, pack)| pack)
            .filter(|pack| pack.valid_until.is_none_or(|until| on <= until))
            .ok_or_else(|| NotInForce {
                jurisdiction: jurisdiction.to_owned(),
                on,
                there: match of_one {
                    Some(packs) => joined(packs.values().map(Pack::version)),
                    None => joined(self.packs.keys().cloned()),
                },
            })
    }

    /// The pack of a version that was stored, such as `EU@2021-11-10`.
    pub fn find_version(&self, version: &str) -> Option<&Pack> {
        self.iter().find(|pack| pack.version() == version)
    }

    /// All of them, by jurisdiction and first day.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.values().flat_map(BTreeMap::values)
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

impl<'a> Read<'a> {
    fn new(file: &'a str, text: &'a str) -> Result<Self, Box<PackError>> {
        let places = Places::of(text);
        match toml::from_str(text) {
            Ok(pack) => Ok(Self {
                file,
                text,
                places,
                pack,
            }),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                // What the whole file lacks has no place in it.
                let field = if span.is_empty() && span.start == 0 {
                    ""
                } else {
                    places.path_at(&span)
                };
                let (line, column) = line_and_column(text, span.start);
                Err(Box::new(PackError {
                    file: file.to_owned(),
                    line,
                    column,
                    field: field.to_owned(),
                    problem: Problem::Form(error.message().trim_end().replace('\n', "; ")),
                }))
            }
        }
    }

    fn order(&self) -> (&str, Date, &str) {
        (&self.pack.jurisdiction, self.pack.valid_from, self.file)
    }

    fn error(&self, field: &str, problem: Problem) -> PackError {
        let (line, column) = line_and_column(self.text, self.places.begin(field));
        PackError {
            file: self.file.to_owned(),
            line,
            column,
            field: field.to_owned(),
            problem,
        }
    }

    fn contradictions(&self) -> Vec<PackError> {
        let Pack {
            jurisdiction,
            valid_from,
            ..
        } = &self.pack;
        let expected = format!("{jurisdiction}/{valid_from}.toml");
        let named = self.file == expected || self.file.ends_with(&format!("/{expected}"));
        let mut errors = Vec::new();
        if !named {
            errors.push(self.error("valid_from", Problem::FileName { expected }));
        }
        let found = check::contradictions(&self.pack);
        errors.extend(
            found
                .into_iter()
                .map(|(field, problem)| self.error(&field, problem)),
        );
        errors
    }

    /// What is wrong between a pack and the next one of its jurisdiction.
    fn seam(&self, next: &Self) -> Option<PackError> {
        if self.pack.jurisdiction != next.pack.jurisdiction {
            return None;
        }
        let begins = next.pack.valid_from;
        if self.pack.valid_from == begins {
            let other = self.file.to_owned();
            return Some(next.error("valid_from", Problem::SameDay { other }));
        }
        let until = self.pack.valid_until?;
        let next = next.file.to_owned();
        let problem = Problem::NotSeamless {
            until,
            next,
            begins,
        };
        (until.next_day() != Some(begins)).then(|| self.error("valid_until", problem))
    }
}
