//! Why a step of execution is refused. A refusal names what must be put right.

use money::MoneyError;
use settlement::SettlementError;
use thiserror::Error;

use super::Open;
use crate::domain::{MilestoneKind, ProjectState, Refusal};

/// A refusal of the rules; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExecutionRefusal {
    /// A rule of the project as a whole.
    #[error(transparent)]
    Project(#[from] Refusal),
    /// Goods move in execution and in a liquidation only.
    #[error("goods move while a project is IN_EXECUTION or liquidated, and this one is {0}")]
    NotInExecution(ProjectState),
    /// Goods are counted once.
    #[error("the goods were counted before")]
    AlreadyReceived,
    /// Nothing was counted yet.
    #[error("no goods were received: record their count first")]
    NotReceived,
    /// No product of the project.
    #[error("the project has no product {0}")]
    UnknownSku(String),
    /// One product counted twice.
    #[error("{0} is counted twice")]
    CountedTwice(String),
    /// A product that the count leaves out; what did not arrive is counted as zero.
    #[error("{0} is not counted: say 0 if none arrived")]
    NotCounted(String),
    /// Below zero, or more than was ordered.
    #[error("{sku} is counted from 0 to the {ordered} units ordered")]
    CountOutOfRange {
        /// Which product.
        sku: String,
        /// The most.
        ordered: i64,
    },
    /// The sealed list and the count do not give allotments.
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    /// A number of units of zero or less.
    #[error("the units of {0} must be more than zero")]
    UnitsNotPositive(String),
    /// More units than are there for it.
    #[error("only {left} units of {sku} are left for this")]
    NotEnoughUnits {
        /// Of which product.
        sku: String,
        /// How many there are.
        left: i64,
    },
    /// A sale of nothing.
    #[error("a sale needs at least one line")]
    NoLines,
    /// A sale to nobody.
    #[error("say in 1 to 200 characters who bought it")]
    BuyerRequired,
    /// A line that brings nothing in, or costs money.
    #[error("the net of {0} must be more than zero")]
    NetNotPositive(String),
    /// The amount can't be used here.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The participation takes no goods, or no whole unit came of it.
    #[error("nothing is allotted to this participation")]
    NothingAllotted,
    /// An allotment is accepted once, as a whole.
    #[error("the goods of this participation were handed over before")]
    AlreadyHandedOver,
    /// The time to collect it is over.
    #[error("the time to collect these goods is over: they are sold for their holder")]
    AllotmentLapsed,
    /// A shipment goes forward.
    #[error("the shipment is at {0}: record a later step")]
    MilestoneOrder(MilestoneKind),
    /// A write-off without a reason, or with an endless one.
    #[error("say in 1 to 500 characters why it is written off")]
    ReasonRequired,
    /// A closure is agreed to once.
    #[error("this was agreed to before")]
    AlreadyAgreed,
    /// The owner declared the costs closed before.
    #[error("the costs were declared closed before")]
    AlreadyDeclared,
    /// The owner did not declare the costs closed.
    #[error("the owner has not declared the costs closed")]
    NotDeclared,
    /// Something is open that COMPLETED does not allow.
    #[error("the project can't be completed: {0}")]
    StillOpen(Open),
}

impl From<text::Unfit> for ExecutionRefusal {
    fn from(unfit: text::Unfit) -> Self {
        Self::Project(unfit.into())
    }
}

impl ExecutionRefusal {
    /// The stable name of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Project(refusal) => refusal.code(),
            Self::NotInExecution(_) => "not_in_execution",
            Self::AlreadyReceived => "already_received",
            Self::NotReceived => "not_received",
            Self::UnknownSku(_) => "unknown_sku",
            Self::CountedTwice(_) => "counted_twice",
            Self::NotCounted(_) => "not_counted",
            Self::CountOutOfRange { .. } => "count_out_of_range",
            Self::Settlement(err) => err.code(),
            Self::UnitsNotPositive(_) => "units_not_positive",
            Self::NotEnoughUnits { .. } => "not_enough_units",
            Self::NoLines => "no_lines",
            Self::BuyerRequired => "buyer_required",
            Self::NetNotPositive(_) => "net_not_positive",
            Self::Money(err) => err.code(),
            Self::NothingAllotted => "nothing_allotted",
            Self::AlreadyHandedOver => "already_handed_over",
            Self::AllotmentLapsed => "allotment_lapsed",
            Self::MilestoneOrder(_) => "milestone_order",
            Self::ReasonRequired => "reason_required",
            Self::AlreadyAgreed => "already_agreed",
            Self::AlreadyDeclared => "already_declared",
            Self::NotDeclared => "not_declared",
            Self::StillOpen(_) => "still_open",
        }
    }
}
