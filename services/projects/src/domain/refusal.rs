//! Why a command is refused.

use thiserror::Error;

use super::IllegalTransition;

/// A refusal of the rules; [`Refusal::code`] is stable, the text is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No such edge.
    #[error(transparent)]
    IllegalTransition(#[from] IllegalTransition),
    /// An admin set the flag SUSPENDED.
    #[error("the project is suspended")]
    Suspended,
    /// Nobody approves or agrees to what is their own.
    #[error("the owner can't decide about their own project")]
    IsOwner,
    /// Whoever has money in it does not approve it.
    #[error("a participant can't approve the project")]
    IsParticipant,
    /// Participation has not sealed the list.
    #[error("the list of participants is not sealed yet")]
    NotSealed,
    /// The sealed list's total, the goal and escrow differ.
    #[error("the sealed list, the goal and the escrow must be the same amount")]
    EscrowDiffers,
    /// Four eyes: the same person twice.
    #[error("who proposed it can't agree to it")]
    IsProposer,
    /// A number of units of zero or less.
    #[error("the number of units must be above zero")]
    UnitsNotPositive,
    /// More units than are there for it.
    #[error("only {left} units are left for this")]
    NotEnoughUnits {
        /// How many there are.
        left: i64,
    },
    /// A field of the terms, by its name in the contract.
    #[error("the terms' {0} is out of its range")]
    Terms(&'static str),
    /// Terms change in DRAFT only.
    #[error("the terms can't change once the project is published")]
    TermsImmutable,
    /// The owner cancels until it is fully funded, an admin from then on.
    #[error("in this state somebody else cancels the project")]
    NotYoursToCancel,
    /// A cancellation without a reason.
    #[error("say why it is cancelled")]
    NoReason,
    /// The owner's identity is not VERIFIED.
    #[error("the owner is not verified")]
    OwnerNotVerified,
    /// Nothing is said of the risk.
    #[error("say what the risk is")]
    NoRiskText,
    /// The owner did not declare the costs closed.
    #[error("the owner has not declared the costs closed")]
    NotDeclared,
    /// Goods were never counted.
    #[error("no goods were received")]
    NotReceived,
    /// A disbursement is neither paid nor refused.
    #[error("a disbursement is still open")]
    DisbursementsOpen,
    /// A sale has no bank receipt.
    #[error("a sale is not matched to a receipt")]
    SalesUnmatched,
    /// Nobody withdraws from a sealed list.
    #[error("the list of participants is sealed")]
    Sealed,
    /// Units below zero, or more allotted than was received.
    #[error("the count of received goods is not possible")]
    ImpossibleCount,
    /// Some units are neither handed over, sold, written off nor bought back.
    #[error("{units} units are still open")]
    StockOpen {
        /// How many.
        units: i64,
    },
}

impl Refusal {
    /// The stable name of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::IllegalTransition(_) => "illegal_transition",
            Self::Suspended => "suspended",
            Self::IsOwner => "is_owner",
            Self::IsParticipant => "is_participant",
            Self::NotSealed => "not_sealed",
            Self::EscrowDiffers => "escrow_differs",
            Self::IsProposer => "is_proposer",
            Self::UnitsNotPositive => "units_not_positive",
            Self::NotEnoughUnits { .. } => "not_enough_units",
            Self::Terms(_) => "terms_out_of_range",
            Self::TermsImmutable => "terms_immutable",
            Self::NotYoursToCancel => "not_yours_to_cancel",
            Self::NoReason => "no_reason",
            Self::OwnerNotVerified => "owner_not_verified",
            Self::NoRiskText => "no_risk_text",
            Self::NotDeclared => "not_declared",
            Self::NotReceived => "not_received",
            Self::DisbursementsOpen => "disbursements_open",
            Self::SalesUnmatched => "sales_unmatched",
            Self::Sealed => "sealed",
            Self::ImpossibleCount => "impossible_count",
            Self::StockOpen { .. } => "stock_open",
        }
    }
}
