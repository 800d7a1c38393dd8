//! What is wrong with a pack, and where.

use std::fmt;

use costing::LineError;
use money::{Currency, MoneyError};
use time::Date;

use crate::Category;

/// A problem and its place: `rules/EU/2021-11-10.toml:12:8: categories.RETAIL.…: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError {
    /// The file, as it was given.
    pub file: String,
    /// From 1 on.
    pub line: usize,
    /// In characters, from 1 on.
    pub column: usize,
    /// The path of the field; empty for the whole file.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for PackError {}

/// What is wrong, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not TOML, or a field that has another form.
    #[error("{0}")]
    Form(String),
    /// A file that is not named as its content says.
    #[error("the file must be named `{expected}`, by its jurisdiction and its `valid_from`")]
    FileName {
        /// How it must end.
        expected: String,
    },
    /// Not the code of a jurisdiction.
    #[error("`{0}` is no jurisdiction; write a country's two capital letters, or EU")]
    Jurisdiction(String),
    /// A text that says nothing.
    #[error("must not be empty")]
    Empty,
    /// A name that programs can't use.
    #[error("`{found}` is no {what}; write {allowed}")]
    Name {
        /// As it stands.
        found: String,
        /// What it is for.
        what: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// A source without a law or without a place in it.
    #[error("`{0}` names no place in a law; write the law's key and the article: `{1} Art. 1`")]
    SourceForm(String, String),
    /// A law that the pack does not have.
    #[error("the law `{found}` is not in [laws]; there is: {known}")]
    UnknownLaw {
        /// Its key.
        found: String,
        /// The keys of the pack.
        known: String,
    },
    /// Neither a currency nor a unit of the pack.
    #[error("`{found}` is no currency of ISO 4217 and not in [units]; there is: {known}")]
    UnknownUnit {
        /// As it stands.
        found: String,
        /// The units of the pack.
        known: String,
    },
    /// A unit that is called like a currency, or is worth another unit.
    #[error("a unit must be worth more than zero of a currency, and not be called like one")]
    Unit,
    /// What must be more than nothing.
    #[error("must be above zero")]
    Zero,
    /// An amount that does not fit.
    #[error(transparent)]
    Number(#[from] MoneyError),
    /// A figure out of its range.
    #[error("must be from {min} to {max}, not {found}")]
    OutOfRange {
        /// As it stands.
        found: i64,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A share of more than the whole.
    #[error("{found} parts per million are more than the whole; at most 1000000 (100 %)")]
    AboveWhole {
        /// As it stands.
        found: u32,
    },
    /// A floor above its cap.
    #[error("{min} is above {max}; the least must not be above the most")]
    MinAboveMax {
        /// The least.
        min: String,
        /// The most.
        max: String,
    },
    /// Two amounts that can't be compared.
    #[error("{0} and {1} are not of one currency; state them in the same")]
    Currencies(Currency, Currency),
    /// A limit without a step.
    #[error("needs at least one step; write `{{ unlimited = true }}` for no limit")]
    NoSteps,
    /// A step that is never reached.
    #[error("comes after a step without `when` and is never reached")]
    NeverReached,
    /// A last step that leaves cases without an answer.
    #[error("the last step must have no `when`, so that every case has an answer")]
    NoLastStep,
    /// A step that says nothing, or two things.
    #[error("give exactly one of `unlimited`, `amount` and `share_ppm`")]
    StepKind,
    /// Fields that belong to a share.
    #[error("`of`, `at_least` and `at_most` belong to `share_ppm`, which needs `of`")]
    ShareFields,
    /// A pack without the category that all investors have at first.
    #[error("[categories.RETAIL] is missing; it protects whoever is in no other category")]
    NoRetail,
    /// A category that something is asked of and nothing is said about.
    #[error("{0} is not in [categories]")]
    UnknownCategory(Category),
    /// A list that names nobody.
    #[error("must name at least one category")]
    NoCategories,
    /// The same thing twice.
    #[error("`{what}` stands twice; the first is {first}")]
    Twice {
        /// What.
        what: String,
        /// The path of the first.
        first: String,
    },
    /// A warning above a limit that does not exist, or a limit without its warning.
    #[error("{0} has `warn_above` and no consent of kind LARGE_AMOUNT, or the other way round")]
    Warning(Category),
    /// No rule, or two rates.
    #[error(
        "give one of `rate_ppm` and `per_product`, or `specific`, or one of them and `specific`"
    )]
    RateKind,
    /// A rate of nothing, or a base without a rate.
    #[error("a rate needs its `base`, and `base` stands only with `rate_ppm` or `per_product`")]
    BaseKind,
    /// A line that costing refuses.
    #[error(transparent)]
    Line(#[from] LineError),
    /// A kind that no law levies.
    #[error("{0} is no duty or tax; allowed: CUSTOMS_DUTY, EXCISE, VAT, TAX_ADVANCE, OTHER")]
    Kind(costing::Kind),
    /// A case that a line both needs and forbids.
    #[error("the case `{0}` stands in `when` and in `unless`: the line is never due")]
    NeverDue(String),
    /// Rounding that costing can't do product by product.
    #[error("per LINE the mode must be HALF_EVEN and `to` be left out; use DOCUMENT for others")]
    LineRounding,
    /// A last day before the first.
    #[error("{until} is before `valid_from`, {from}")]
    EndsBeforeItBegins {
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
    },
    /// Two packs of one day.
    #[error("{other} is of the same jurisdiction and day; one of them must go")]
    SameDay {
        /// The other file.
        other: String,
    },
    /// A day that no pack or two packs hold on.
    #[error(
        "ends on {until}, but the next pack, {next}, begins on {begins}: it must end the day before"
    )]
    NotSeamless {
        /// The last day.
        until: Date,
        /// The next file.
        next: String,
        /// Its first day.
        begins: Date,
    },
}
