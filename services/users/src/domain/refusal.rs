//! Why a step is refused, with the stable codes.

use super::{AGE_MAX_YEARS, MAJORITY_YEARS, PAPERS_MAX};

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One submission at a time.
    #[error("a submission waits for its decision already")]
    AlreadyPending,
    /// There is nothing to decide.
    #[error("no submission waits for a decision")]
    NotPending,
    /// Only what holds can be taken away.
    #[error("no verification of this person holds: there is nothing to suspend")]
    NothingToSuspend,
    /// More would prove nothing.
    #[error("a person has at most {PAPERS_MAX} papers")]
    TooManyPapers,
    /// The person has no such paper.
    #[error("there is no such paper")]
    NoSuchPaper,
    /// The person is not of age.
    #[error("nobody below {MAJORITY_YEARS} years takes part")]
    Minor,
    /// A slip of the pen.
    #[error("nobody is older than {AGE_MAX_YEARS} years: correct the date of birth")]
    BirthDate,
    /// Nobody decides on themselves.
    #[error("nobody decides on their own identity")]
    OwnCase,
    /// Nobody sets what they themselves may put up.
    #[error("nobody decides on their own category and limits")]
    OwnLimits,
    /// The investor has it.
    #[error("the investor is of this category already")]
    CategoryHeld,
    /// One request at a time.
    #[error("a request for a category waits for its decision already")]
    CategoryRequested,
    /// There is nothing to decide.
    #[error("no request for a category waits for a decision")]
    NoCategoryRequest,
    /// No limit is an absent one; zero would be an investor who may not invest.
    #[error("a limit is above zero; leave it out where there is none")]
    LimitNotPositive,
    /// We have never heard of them.
    #[error("there is no such person")]
    NoSuchPerson,
    /// Another version is in force.
    #[error("version {in_force} of the text is in force: read that one")]
    ConsentOutdated {
        /// Which.
        in_force: i32,
    },
    /// What was read is not what is in force.
    #[error("the hash is that of another text: read the text in force")]
    ConsentTextDiffers,
}

impl Refusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyPending => "kyc_already_pending",
            Self::NotPending => "kyc_not_pending",
            Self::NothingToSuspend => "kyc_nothing_to_suspend",
            Self::TooManyPapers => "too_many_papers",
            Self::NoSuchPaper => "no_such_paper",
            Self::Minor => "kyc_minor",
            Self::BirthDate => "kyc_birth_date",
            Self::OwnCase => "kyc_own_case",
            Self::OwnLimits => "own_limits",
            Self::CategoryHeld => "category_already_held",
            Self::CategoryRequested => "category_already_requested",
            Self::NoCategoryRequest => "no_category_request",
            Self::LimitNotPositive => "limit_not_positive",
            Self::NoSuchPerson => "no_such_person",
            Self::ConsentOutdated { in_force: _ } => "consent_outdated",
            Self::ConsentTextDiffers => "consent_text_differs",
        }
    }
}
