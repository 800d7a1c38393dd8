//! Where a pack contradicts itself: all places at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use money::{Money, MoneyError, Ppm};

use crate::{
    Amount, Category, CategoryRules, ConsentKind, Figure, ImportLine, Limit, Pack, Problem,
    RoundingMode, RoundingScope, Step,
};

/// A month; the same as the terms of a project allow.
const HOURS_MAX: i64 = 31 * 24;
const DAYS_MAX: i64 = 366;

/// Paths of fields and what is wrong with them.
pub(crate) fn contradictions(pack: &Pack) -> Vec<(String, Problem)> {
    let mut check = Check {
        pack,
        found: Vec::new(),
    };
    check.head();
    check.sources();
    check.offering();
    check.categories();
    check.consents();
    check.documents();
    check.import();
    check.withholding();
    check.found
}

struct Check<'a> {
    pack: &'a Pack,
    found: Vec<(String, Problem)>,
}

impl Check<'_> {
    fn tell(&mut self, path: impl Into<String>, problem: Problem) {
        self.found.push((path.into(), problem));
    }

    fn head(&mut self) {
        let pack = self.pack;
        let code = &pack.jurisdiction;
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            self.tell("jurisdiction", Problem::Jurisdiction(code.clone()));
        }
        if let Some(until) = pack.valid_until
            && until < pack.valid_from
        {
            let from = pack.valid_from;
            self.tell("valid_until", Problem::EndsBeforeItBegins { from, until });
        }
        self.text("name", &pack.name);
        if pack.participation.is_empty() {
            self.tell("participation", Problem::Empty);
        }
        let shares = pack.participation.iter().map(|rule| rule.share.to_string());
        self.unique("participation", "type", shares);
        for (key, law) in &pack.laws {
            self.key_form(&format!("laws.{key}"), key);
            self.text(&format!("laws.{key}.title"), &law.title);
        }
        for (key, unit) in &pack.units {
            let path = format!("units.{key}");
            self.key_form(&path, key);
            let value = &unit.value;
            let is_currency = |code: &str| code.parse::<money::Currency>().is_ok();
            if is_currency(key) || !is_currency(&value.unit) || value.number.is_zero() {
                self.tell(format!("{path}.value"), Problem::Unit);
            }
        }
    }

    /// Every source names a law of the pack and a place in it.
    fn sources(&mut self) {
        for (path, source) in self.pack.all_sources() {
            let (key, place) = source.parts();
            if place.trim().is_empty() {
                let key = self.pack.laws.keys().next().map_or("LAW", String::as_str);
                let problem = Problem::SourceForm(source.to_string(), key.to_owned());
                self.tell(path, problem);
            } else if !self.pack.laws.contains_key(key) {
                let found = key.to_owned();
                let known = joined(self.pack.laws.keys());
                self.tell(path, Problem::UnknownLaw { found, known });
            }
        }
    }

    fn offering(&mut self) {
        let offering = &self.pack.offering;
        let goals = [
            ("goal_max", &offering.goal_max),
            ("goal_max_12_months", &offering.goal_max_12_months),
        ];
        for (field, figure) in goals {
            if let Some(goal) = figure {
                self.amount(&format!("offering.{field}.value"), &goal.value);
            }
        }
        let ranges = [
            ("open_days_min", &offering.open_days_min, DAYS_MAX),
            ("open_days_max", &offering.open_days_max, DAYS_MAX),
            ("renewal_hours", &offering.renewal_hours, HOURS_MAX),
        ];
        for (field, figure, max) in ranges {
            self.range(&format!("offering.{field}"), figure.as_ref(), max);
        }
        if let (Some(min), Some(max)) = (&offering.open_days_min, &offering.open_days_max)
            && min.value > max.value
        {
            let problem = above(min.value, max.value);
            self.tell("offering.open_days_min.value", problem);
        }
    }

    fn categories(&mut self) {
        let pack = self.pack;
        if !pack.categories.contains_key(&Category::Retail) {
            self.tell("categories", Problem::NoRetail);
        }
        for (category, rules) in &pack.categories {
            let path = format!("categories.{category}");
            self.text(&format!("{path}.name"), &rules.name);
            let cooling_off = format!("{path}.cooling_off_hours");
            self.range(&cooling_off, rules.cooling_off_hours.as_ref(), HOURS_MAX);
            let limits = [
                ("per_project", &rules.per_project),
                ("per_12_months", &rules.per_12_months),
                ("warn_above", &rules.warn_above),
            ];
            for (field, limit) in limits {
                if let Some(limit) = limit {
                    self.limit(&format!("{path}.{field}"), limit);
                }
            }
            self.warning(&path, *category, rules);
            self.fixed_limits(&path, rules);
        }
    }

    /// Who is warned above an amount must have a warning to accept, and the other way round.
    fn warning(&mut self, path: &str, category: Category, rules: &CategoryRules) {
        let consents = &self.pack.consents;
        let has_consent = consents.iter().any(|consent| {
            consent.kind == ConsentKind::LargeAmount && consent.categories.contains(&category)
        });
        if has_consent != rules.warn_above.is_some() {
            self.tell(path, Problem::Warning(category));
        }
    }

    /// A fixed limit of one project above the fixed one of twelve months says nothing.
    fn fixed_limits(&mut self, path: &str, rules: &CategoryRules) {
        let fixed = |limit: &Option<Limit>| match limit.as_ref()?.steps.as_slice() {
            [only] => only.amount.clone(),
            _ => None,
        };
        if let (Some(one), Some(year)) = (fixed(&rules.per_project), fixed(&rules.per_12_months)) {
            self.ordered(&format!("{path}.per_project.steps"), &one, &year);
        }
    }

    fn limit(&mut self, path: &str, limit: &Limit) {
        let steps = &limit.steps;
        match steps.last() {
            None => self.tell(format!("{path}.steps"), Problem::NoSteps),
            Some(last) if last.when.is_some() => {
                self.tell(
                    format!("{path}.steps[{}]", steps.len() - 1),
                    Problem::NoLastStep,
                );
            }
            Some(_) => {}
        }
        let first_open = steps.iter().position(|step| step.when.is_none());
        for (at, step) in steps.iter().enumerate() {
            let path = format!("{path}.steps[{at}]");
            if first_open.is_some_and(|open| at > open) {
                self.tell(&path, Problem::NeverReached);
            }
            self.step(&path, step);
        }
    }

    fn step(&mut self, path: &str, step: &Step) {
        let kinds = [
            step.unlimited,
            step.amount.is_some(),
            step.share_ppm.is_some(),
        ];
        if kinds.into_iter().filter(|given| *given).count() != 1 {
            self.tell(path, Problem::StepKind);
        }
        let of_share = step.of.is_some() || step.at_least.is_some() || step.at_most.is_some();
        let is_whole = step.of.is_some();
        if (step.share_ppm.is_none() && of_share) || (step.share_ppm.is_some() && !is_whole) {
            self.tell(path, Problem::ShareFields);
        }
        if let Some(share) = step.share_ppm {
            self.share(&format!("{path}.share_ppm"), share);
        }
        if let Some(when) = &step.when {
            self.amount(&format!("{path}.when.below"), &when.below);
        }
        if let Some(amount) = &step.amount {
            self.amount(&format!("{path}.amount"), amount);
        }
        self.bounds(path, step.at_least.as_ref(), step.at_most.as_ref());
    }

    fn consents(&mut self) {
        let codes = self
            .pack
            .consents
            .iter()
            .map(|consent| consent.code.clone());
        self.unique("consents", "code", codes);
        for (at, consent) in self.pack.consents.iter().enumerate() {
            let path = format!("consents[{at}]");
            self.code_form(&format!("{path}.code"), &consent.code);
            if consent.version == 0 {
                let problem = out_of_range(0, 1, u16::MAX.into());
                self.tell(format!("{path}.version"), problem);
            }
            self.text(&format!("{path}.es"), &consent.es);
            self.text(&format!("{path}.en"), &consent.en);
            self.named(&format!("{path}.categories"), &consent.categories);
        }
    }

    fn documents(&mut self) {
        let pack = self.pack;
        self.unique(
            "documents",
            "code",
            pack.documents.iter().map(|one| one.code.clone()),
        );
        self.unique(
            "reports",
            "code",
            pack.reports.iter().map(|one| one.code.clone()),
        );
        for (at, document) in pack.documents.iter().enumerate() {
            self.code_form(&format!("documents[{at}].code"), &document.code);
            self.text(&format!("documents[{at}].name"), &document.name);
            if document.pages_max == Some(0) {
                let problem = out_of_range(0, 1, u16::MAX.into());
                self.tell(format!("documents[{at}].pages_max"), problem);
            }
        }
        for (at, report) in pack.reports.iter().enumerate() {
            self.code_form(&format!("reports[{at}].code"), &report.code);
            self.text(&format!("reports[{at}].name"), &report.name);
        }
    }

    fn import(&mut self) {
        let import = &self.pack.import;
        if let Some(rounding) = &import.rounding {
            if let Some(to) = &rounding.to {
                self.amount("import.rounding.to", to);
                if to.number.is_zero() {
                    self.tell("import.rounding.to", Problem::Zero);
                }
            }
            let odd = rounding.mode != RoundingMode::HalfEven || rounding.to.is_some();
            if rounding.per == RoundingScope::Line && odd {
                self.tell("import.rounding", Problem::LineRounding);
            }
        }
        self.unique(
            "import.lines",
            "name",
            import.lines.iter().map(|line| line.name.clone()),
        );
        for (at, line) in import.lines.iter().enumerate() {
            self.import_line(&format!("import.lines[{at}]"), line);
        }
    }

    fn import_line(&mut self, path: &str, line: &ImportLine) {
        use costing::Kind::{CustomsDuty, Excise, Other, TaxAdvance, Vat};
        self.text(&format!("{path}.name"), &line.name);
        if ![CustomsDuty, Excise, Vat, TaxAdvance, Other].contains(&line.kind) {
            self.tell(format!("{path}.kind"), Problem::Kind(line.kind));
        }
        let has_rate = line.rate_ppm.is_some() || line.per_product;
        let two_rates = line.rate_ppm.is_some() && line.per_product;
        if two_rates || (!has_rate && line.specific.is_none()) {
            self.tell(path, Problem::RateKind);
        } else if has_rate != line.base.is_some() {
            self.tell(path, Problem::BaseKind);
        } else if let Ok(line) = line.cost_line(self.pack) {
            self.costed_line(path, &line);
        }
        self.bounds(path, line.at_least.as_ref(), line.at_most.as_ref());
        if let Some(specific) = &line.specific {
            self.amount(&format!("{path}.specific.amount"), &specific.amount);
        }
        for (field, cases) in [("when", &line.when), ("unless", &line.unless)] {
            for case in cases {
                self.key_form(&format!("{path}.{field}"), case);
            }
        }
        if let Some(case) = line.when.intersection(&line.unless).next() {
            self.tell(format!("{path}.unless"), Problem::NeverDue(case.clone()));
        }
    }

    /// What costing refuses of a line, but a floor above its cap, which is told as everywhere.
    fn costed_line(&mut self, path: &str, line: &costing::CostLine) {
        for refusal in line.refusals() {
            let path = match refusal.column() {
                "at_least" => continue,
                "amount" => path.to_owned(),
                "rate_pct" => format!("{path}.rate_ppm"),
                other => format!("{path}.{other}"),
            };
            self.tell(path, Problem::Line(refusal));
        }
    }

    fn withholding(&mut self) {
        let mut held = BTreeMap::new();
        for (at, tax) in self.pack.withholding.iter().enumerate() {
            let path = format!("withholding[{at}]");
            self.text(&format!("{path}.name"), &tax.name);
            self.share(&format!("{path}.rate_ppm"), tax.rate_ppm);
            self.named(&format!("{path}.categories"), &tax.categories);
            for category in &tax.categories {
                let key = (*category, tax.residence);
                if let Some(first) = held.get(&key).cloned() {
                    let what = format!("{category} {}", tax.residence);
                    self.tell(&path, Problem::Twice { what, first });
                } else {
                    held.insert(key, path.clone());
                }
            }
        }
    }

    fn named(&mut self, path: &str, categories: &BTreeSet<Category>) {
        if categories.is_empty() {
            self.tell(path, Problem::NoCategories);
        }
        for category in categories {
            if !self.pack.categories.contains_key(category) {
                self.tell(path, Problem::UnknownCategory(*category));
            }
        }
    }

    fn range(&mut self, path: &str, figure: Option<&Figure<i32>>, max: i64) {
        let found = figure.map(|figure| i64::from(figure.value));
        if let Some(found) = found.filter(|found| !(0..=max).contains(found)) {
            self.tell(format!("{path}.value"), out_of_range(found, 0, max));
        }
    }

    fn share(&mut self, path: &str, share: Ppm) {
        if share > Ppm::ONE {
            let found = share.parts();
            self.tell(path, Problem::AboveWhole { found });
        }
    }

    fn amount(&mut self, path: &str, amount: &Amount) -> Option<Money> {
        match amount.money(self.pack) {
            Ok(money) => return Some(money),
            Err(MoneyError::UnknownCurrency(_)) => {
                let found = amount.unit.clone();
                let known = joined(self.pack.units.keys());
                self.tell(path, Problem::UnknownUnit { found, known });
            }
            Err(number) => self.tell(path, Problem::Number(number)),
        }
        None
    }

    fn bounds(&mut self, path: &str, min: Option<&Amount>, max: Option<&Amount>) {
        let least = min.and_then(|min| self.amount(&format!("{path}.at_least"), min));
        let most = max.and_then(|max| self.amount(&format!("{path}.at_most"), max));
        if let (Some(_), Some(_), Some(min), Some(max)) = (least, most, min, max) {
            self.ordered(&format!("{path}.at_least"), min, max);
        }
    }

    /// Both must be known amounts; those that are not have been told.
    fn ordered(&mut self, path: &str, min: &Amount, max: &Amount) {
        let (Ok(least), Ok(most)) = (min.money(self.pack), max.money(self.pack)) else {
            return;
        };
        match least.compare(most) {
            Err(_) => {
                self.tell(path, Problem::Currencies(least.currency(), most.currency()));
            }
            Ok(order) if order.is_gt() => self.tell(path, above(min, max)),
            Ok(_) => {}
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.tell(path, Problem::Empty);
        }
    }

    /// A key of a law, a unit or a case.
    fn key_form(&mut self, path: &str, key: &str) {
        let is_one = key.starts_with(|c: char| c.is_ascii_uppercase())
            && key.len() <= 32
            && key
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !is_one {
            let problem = Problem::Name {
                found: key.to_owned(),
                what: "key",
                allowed: "capital letters, digits and `_`, such as FIRST_IMPORT",
            };
            self.tell(path, problem);
        }
    }

    /// A code that programs and translations know.
    fn code_form(&mut self, path: &str, code: &str) {
        let is_one = code.starts_with(|c: char| c.is_ascii_lowercase())
            && code.len() <= 64
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_one {
            let problem = Problem::Name {
                found: code.to_owned(),
                what: "code",
                allowed: "small letters, digits and `_`, such as total_loss",
            };
            self.tell(path, problem);
        }
    }

    fn unique(&mut self, list: &str, field: &str, names: impl Iterator<Item = String>) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (at, what) in names.enumerate() {
            if let Some(first) = seen.get(&what) {
                let first = format!("{list}[{first}].{field}");
                self.tell(
                    format!("{list}[{at}].{field}"),
                    Problem::Twice { what, first },
                );
            } else {
                seen.insert(what, at);
            }
        }
    }
}

fn joined<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let keys: Vec<&str> = keys.map(String::as_str).collect();
    if keys.is_empty() {
        "none".to_owned()
    } else {
        keys.join(", ")
    }
}

fn above(min: impl Display, max: impl Display) -> Problem {
    Problem::MinAboveMax {
        min: min.to_string(),
        max: max.to_string(),
    }
}

fn out_of_range(found: i64, min: i64, max: i64) -> Problem {
    Problem::OutOfRange { found, min, max }
}
