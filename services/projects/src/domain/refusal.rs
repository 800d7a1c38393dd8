//! Why a command is refused.

use thiserror::Error;

use super::state::words;
use super::{CancelledBy, Flag, IllegalTransition, ProjectState};

/// A refusal of the rules; [`Refusal::code`] is stable, the text is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No such edge.
    #[error(transparent)]
    IllegalTransition(#[from] IllegalTransition),
    /// Not done in the project's state.
    #[error(
        "this is done while a project is in {}, and this one is in {state}",
        words(needs.iter().copied())
    )]
    WrongState {
        /// Where the project stands.
        state: ProjectState,
        /// Where it must stand.
        needs: &'static [ProjectState],
    },
    /// An admin set the flag SUSPENDED.
    #[error("the project is suspended")]
    Suspended,
    /// Nobody approves or agrees to what is their own.
    #[error("the owner can't decide about their own project")]
    IsOwner,
    /// Whoever has money in it does not approve it.
    #[error("a participant can't decide about the project")]
    IsParticipant,
    /// Participation has not sealed the list.
    #[error("the list of participants is not sealed yet")]
    NotSealed,
    /// The sealed list's total, the goal and escrow differ.
    #[error("the sealed list, the goal and the escrow must be the same amount")]
    EscrowDiffers,
    /// A field of the terms, by its name in the contract.
    #[error("the terms' {0} is out of its range")]
    Terms(&'static str),
    /// Terms change in DRAFT only.
    #[error("terms change while a project is in DRAFT, and this one is in {0}")]
    TermsImmutable(ProjectState),
    /// The owner cancels until it is fully funded, an admin from then on.
    #[error("in {state} a project is cancelled by its {who}")]
    NotYoursToCancel {
        /// Where the project stands.
        state: ProjectState,
        /// Who may cancel it there.
        who: CancelledBy,
    },
    /// A cancellation without a reason.
    #[error("say why it is cancelled")]
    NoReason,
    /// A text of the project, by its name in the contract.
    #[error("the project's {0} is missing, too long or of another form")]
    Text(&'static str),
    /// Not set yet.
    #[error("set the terms first")]
    NoTerms,
    /// The costs come to nothing.
    #[error("the goal must be above zero")]
    NothingToRaise,
    /// Accounting has not frozen the snapshot.
    #[error("the snapshot is not frozen yet")]
    NoSnapshot,
    /// Paid, and never asked for.
    #[error("no disbursement is open")]
    NoOpenDisbursement,
    /// Participation never spoke of it.
    #[error("there is no such participation")]
    NoSuchParticipation,
    /// The list is not what its hash and its total say.
    #[error("the sealed list is not what its hash and its total say")]
    SealBroken,
    /// The owner's identity is not VERIFIED.
    #[error("the owner is not verified")]
    OwnerNotVerified,
    /// Nothing is said of the risk.
    #[error("say what the risk is")]
    NoRiskText,
    /// Nobody withdraws from a sealed list.
    #[error("the list of participants is sealed")]
    Sealed,
    /// The flag stands already.
    #[error("the project's flag is {0} already")]
    SameFlag(Flag),
    /// Consent is renewed while a round runs and its list is not sealed.
    #[error("no consent can be renewed now: give the notice without renewal")]
    NothingToRenew,
    /// A liquidation run of a project that has none.
    #[error("the project was not cancelled in execution: there is nothing to liquidate")]
    NoLiquidation,
    /// Images and documents are counted apart.
    #[error("a project has at most {0} of these files")]
    TooManyFiles(usize),
    /// Not beside this project, or of another kind.
    #[error("the project has no such document")]
    NoSuchDocument,
    /// Another one took its place before.
    #[error("another document took its place before: supersede that one")]
    AlreadySuperseded,
    /// Not about this project.
    #[error("the project has no such question")]
    NoSuchQuestion,
    /// Five a day.
    #[error("you asked five questions within a day: ask again tomorrow")]
    TooManyQuestions,
    /// An answer stays.
    #[error("the question was answered before")]
    AlreadyAnswered,
    /// Hidden is hidden.
    #[error("the question was hidden before")]
    AlreadyHidden,
}

impl From<text::Unfit> for Refusal {
    fn from(unfit: text::Unfit) -> Self {
        Self::Text(unfit.field)
    }
}

impl Refusal {
    /// The stable name of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::IllegalTransition(_) => "illegal_transition",
            Self::WrongState { .. } => "wrong_state",
            Self::Suspended => "suspended",
            Self::IsOwner => "is_owner",
            Self::IsParticipant => "is_participant",
            Self::NotSealed => "not_sealed",
            Self::EscrowDiffers => "escrow_differs",
            Self::Terms(_) => "terms_out_of_range",
            Self::TermsImmutable(_) => "terms_immutable",
            Self::NotYoursToCancel { .. } => "not_yours_to_cancel",
            Self::NoReason => "no_reason",
            Self::Text(_) => "text_out_of_range",
            Self::NoTerms => "no_terms",
            Self::NothingToRaise => "nothing_to_raise",
            Self::NoSnapshot => "no_snapshot",
            Self::NoOpenDisbursement => "no_open_disbursement",
            Self::NoSuchParticipation => "no_such_participation",
            Self::SealBroken => "seal_broken",
            Self::OwnerNotVerified => "owner_not_verified",
            Self::NoRiskText => "no_risk_text",
            Self::Sealed => "sealed",
            Self::SameFlag(_) => "same_flag",
            Self::NothingToRenew => "nothing_to_renew",
            Self::NoLiquidation => "no_liquidation",
            Self::TooManyFiles(_) => "too_many_files",
            Self::NoSuchDocument => "no_such_document",
            Self::AlreadySuperseded => "already_superseded",
            Self::NoSuchQuestion => "no_such_question",
            Self::TooManyQuestions => "too_many_questions",
            Self::AlreadyAnswered => "already_answered",
            Self::AlreadyHidden => "already_hidden",
        }
    }
}
