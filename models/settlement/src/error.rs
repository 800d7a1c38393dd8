//! Why a run is refused. Each refusal has a stable code and names the facts that must be put right.

/// A refusal of the facts of a run; nothing was computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// A run without participations.
    #[error("there are no stakes: a run needs at least one approved participation")]
    NoStakes,
    /// The same participation or product stands twice in the facts.
    #[error("{0} stands twice in the facts")]
    Duplicate(String),
    /// An amount or quantity below zero, or a stake or ordered quantity of zero.
    #[error("{field} of {of} is out of range: it must be {allowed}")]
    OutOfRange {
        /// Whose figure it is: a participation, a product, or `escrow`, `terms`.
        of: String,
        /// The field's name.
        field: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// The owner's stake is always PROFIT_ONLY.
    #[error("the owner's stake {0} must be PROFIT_ONLY")]
    OwnerStakeOfProducts(String),
    /// More was sold and bought back of a product than was received.
    #[error("more of {0} was sold and bought back than was received")]
    SoldMoreThanReceived(String),
    /// The stakes do not add up to what was captured.
    #[error("captured is {captured_minor}, but the stakes add up to {stakes_minor}")]
    CapturedDiffers {
        /// As stated.
        captured_minor: i64,
        /// The sum of the stakes.
        stakes_minor: i64,
    },
    /// `escrow:capital = A + D + R - P - U - advances returned` does not hold.
    #[error("escrow:capital is {stated_minor}, but its entries add up to {expected_minor}")]
    CapitalMismatch {
        /// The balance as stated.
        stated_minor: i64,
        /// What the cumulative figures give.
        expected_minor: i128,
    },
    /// `escrow:proceeds` = proceeds - what earlier runs paid out of it does not hold.
    #[error("escrow:proceeds is {stated_minor}, but its entries add up to {expected_minor}")]
    ProceedsMismatch {
        /// The balance as stated.
        stated_minor: i64,
        /// What the cumulative figures give.
        expected_minor: i128,
    },
    /// After a FINAL run there are only ADJUSTMENT runs.
    #[error("an INTERIM run pays capital only and cannot follow a FINAL run")]
    InterimAfterFinal,
    /// An INTERIM or ADJUSTMENT run that would pay nobody.
    #[error("there is nothing to distribute")]
    NothingToDistribute,
    /// The fractions are worth more than all proceeds: sales are reported that did not come in.
    #[error("the products' fractions are worth {value_minor}, above proceeds of {proceeds_minor}")]
    FractionsExceedProceeds {
        /// The fractions' value.
        value_minor: i64,
        /// Cumulative net proceeds.
        proceeds_minor: i64,
    },
    /// Proceeds are left for PROFIT_ONLY participations, and there is none.
    #[error("{0} is due to PROFIT_ONLY participations, and there is none")]
    NobodyToPay(i64),
    /// A number beyond what is allowed; nothing ever wraps.
    #[error("a number is too large")]
    Overflow,
    /// What would be paid and kept is not what is in escrow. Never expected; nothing may be posted.
    #[error("the run does not balance: {0}")]
    DoesNotBalance(&'static str),
}

impl SettlementError {
    /// The stable code of the refusal, for programs and translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoStakes => "no_stakes",
            Self::Duplicate(_) => "duplicate",
            Self::OutOfRange { .. } => "out_of_range",
            Self::OwnerStakeOfProducts(_) => "owner_stake_of_products",
            Self::SoldMoreThanReceived(_) => "sold_more_than_received",
            Self::CapturedDiffers { .. } => "captured_differs",
            Self::CapitalMismatch { .. } => "capital_mismatch",
            Self::ProceedsMismatch { .. } => "proceeds_mismatch",
            Self::InterimAfterFinal => "interim_after_final",
            Self::NothingToDistribute => "nothing_to_distribute",
            Self::FractionsExceedProceeds { .. } => "fractions_exceed_proceeds",
            Self::NobodyToPay(_) => "nobody_to_pay",
            Self::Overflow => "overflow",
            Self::DoesNotBalance(_) => "does_not_balance",
        }
    }
}
