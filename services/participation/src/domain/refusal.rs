//! Why the rules say no. A refusal is an answer for people; its code is for programs.

use ids::EventId;
use money::{Money, MoneyError};
use time::OffsetDateTime;

use super::{Consent, Funding, ParticipationState, Window};

/// What a rule refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Sealed or cancelled: the offering takes nothing more.
    #[error("the offering is closed")]
    OfferingClosed,
    /// The funding time is over.
    #[error("the offering took requests until {deadline}")]
    DeadlinePassed {
        /// When it was over.
        deadline: OffsetDateTime,
    },
    /// The investor is not verified, or not any more.
    #[error("the investor's identity is not verified")]
    Unverified,
    /// A text that has to be agreed to first, in the version in force.
    #[error("the consent {consent} is needed in its version {version}")]
    ConsentNeeded {
        /// Which.
        consent: Consent,
        /// In force.
        version: i32,
    },
    /// What was signed is not what would be agreed.
    #[error("the agreement is another one: read and sign version {version}")]
    AgreementChanged {
        /// Of the template.
        version: &'static str,
        /// SHA-256 of the Spanish text.
        hash_es: String,
        /// SHA-256 of the English text.
        hash_en: String,
    },
    /// An admin suspended the project.
    #[error("the project is suspended")]
    Suspended,
    /// Too many requests without money.
    #[error("after requests without funds, new ones are taken from {until} on")]
    Paused {
        /// When it ends.
        until: OffsetDateTime,
    },
    /// The investor's limit would be exceeded.
    #[error("the limit is {limit} {window}: {used} is used, {left} is left")]
    AboveInvestorLimit {
        /// In this project, or in the last twelve months.
        window: Window,
        /// The most.
        limit: Money,
        /// What counts already.
        used: Money,
        /// What may still be asked for.
        left: Money,
    },
    /// On this list already.
    #[error("the investor is on the waiting list already")]
    WaitingAlready,
    /// The owner's stake must bear the first loss.
    #[error("the owner's own stake still needs {missing} to bear the first loss")]
    FirstLossUncovered {
        /// How much of it.
        missing: Money,
    },
    /// No material change waits for this investor.
    #[error("there is nothing to renew")]
    NothingToRenew,
    /// Another, later change waits.
    #[error("the change to go on after is {notice}")]
    AnotherNotice {
        /// The one that waits.
        notice: EventId,
    },
    /// The time to renew is over.
    #[error("it could be renewed until {renew_by}")]
    RenewalOver {
        /// When it was over.
        renew_by: OffsetDateTime,
    },
    /// Somebody has not renewed yet.
    #[error("a renewal after a material change is outstanding")]
    RenewalOutstanding,
    /// Time is left, or somebody is still to be decided about.
    #[error("the deadline is not missed")]
    DeadlineNotMissed,
    /// None, or more than one call may decide.
    #[error("one call takes 1 to {max} decisions")]
    DecisionsCount {
        /// The most.
        max: usize,
    },
    /// Not in this project.
    #[error("there is no such participation in this project")]
    NotInProject,
    /// Zero or less.
    #[error("the amount must be more than zero")]
    AmountNotPositive,
    /// The amount can't be used here.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Less than the least ticket, and not the exact remainder.
    #[error("the least ticket is {min}")]
    BelowMinTicket {
        /// The least.
        min: Money,
    },
    /// The investor would hold more than one may.
    #[error("one investor may hold at most {max} of this project")]
    AboveMaxTicket {
        /// The most, all of the investor's open requests and participations counted.
        max: Money,
    },
    /// Too little for goods.
    #[error("the least ticket for products is {min}")]
    BelowProductsTicket {
        /// The least.
        min: Money,
    },
    /// No goods are offered.
    #[error("this project offers no products")]
    ProductsNotOffered,
    /// The owner's own stake takes part in the profit only.
    #[error("the owner's own stake is PROFIT_ONLY")]
    OwnerTakesProfitOnly,
    /// More than is left.
    #[error("only {room} is left")]
    NotEnoughRoom {
        /// What is left.
        room: Money,
    },
    /// An earlier request of the same investor still waits for its money.
    #[error("an earlier request is still waiting for its funds")]
    UnfundedRequest,
    /// The money is not set aside yet.
    #[error("the funds of this request are not held")]
    NotHeld,
    /// Something else was decided before.
    #[error("the participation is already {0}")]
    Already(ParticipationState),
    /// Accounting said something else before.
    #[error("the funds are already {0}")]
    FundingAlready(Funding),
    /// The owner's time is over.
    #[error("the request could be decided until {decide_by}")]
    DecisionOver {
        /// When it was over.
        decide_by: OffsetDateTime,
    },
    /// The owner still has time.
    #[error("the owner may decide until {decide_by}")]
    DecisionOpen {
        /// Until when.
        decide_by: OffsetDateTime,
    },
    /// A rejection without a reason, or with an endless one.
    #[error("a rejection needs a reason of 1 to 500 characters")]
    ReasonRequired,
    /// The investor's time is over.
    #[error("the cooling-off time was over at {until}")]
    CoolingOffOver {
        /// When it was over.
        until: OffsetDateTime,
    },
    /// The list is final.
    #[error("the offering is sealed")]
    OfferingSealed,
    /// Below the goal.
    #[error("the offering is not full")]
    NotFull,
    /// Some money is not in the escrow yet.
    #[error("not every approved participation is captured")]
    NotCaptured,
    /// Somebody may still withdraw.
    #[error("a cooling-off time is still running")]
    CoolingOffRunning,
    /// The list does not add up to the goal.
    #[error("the list of participations does not add up to the goal")]
    ListIncomplete,
    /// The list is not final yet.
    #[error("the offering is not sealed")]
    NotSealed,
}

impl Refusal {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OfferingClosed => "offering_closed",
            Self::DeadlinePassed { .. } => "deadline_passed",
            Self::Unverified => "kyc_not_verified",
            Self::ConsentNeeded { .. } => "consent_needed",
            Self::AgreementChanged { .. } => "agreement_changed",
            Self::Suspended => "suspended",
            Self::Paused { .. } => "paused_after_refusals",
            Self::AboveInvestorLimit { window, .. } => match window {
                Window::Project => "above_project_limit",
                Window::TwelveMonths => "above_yearly_limit",
            },
            Self::WaitingAlready => "waiting_already",
            Self::FirstLossUncovered { .. } => "first_loss_uncovered",
            Self::NothingToRenew => "no_renewal_due",
            Self::AnotherNotice { .. } => "another_notice",
            Self::RenewalOver { .. } => "renewal_over",
            Self::RenewalOutstanding => "renewal_outstanding",
            Self::DeadlineNotMissed => "deadline_not_missed",
            Self::DecisionsCount { .. } => "decisions_count",
            Self::NotInProject => "no_such_participation",
            Self::AmountNotPositive => "not_positive",
            Self::Money(err) => err.code(),
            Self::BelowMinTicket { .. } => "below_min_ticket",
            Self::AboveMaxTicket { .. } => "above_max_ticket",
            Self::BelowProductsTicket { .. } => "below_products_ticket",
            Self::ProductsNotOffered => "products_not_offered",
            Self::OwnerTakesProfitOnly => "owner_takes_profit_only",
            Self::NotEnoughRoom { .. } => "not_enough_room",
            Self::UnfundedRequest => "unfunded_request",
            Self::NotHeld => "not_held",
            Self::Already(state) => already(*state),
            Self::FundingAlready(funding) => funding_already(*funding),
            Self::DecisionOver { .. } => "decision_over",
            Self::DecisionOpen { .. } => "decision_open",
            Self::ReasonRequired => "reason_required",
            Self::CoolingOffOver { .. } => "cooling_off_over",
            Self::OfferingSealed => "offering_sealed",
            Self::NotFull => "not_full",
            Self::NotCaptured => "not_captured",
            Self::CoolingOffRunning => "cooling_off_running",
            Self::ListIncomplete => "list_incomplete",
            Self::NotSealed => "not_sealed",
        }
    }
}

fn already(state: ParticipationState) -> &'static str {
    match state {
        ParticipationState::Waitlisted => "already_waitlisted",
        ParticipationState::Requested => "already_requested",
        ParticipationState::Approved => "already_approved",
        ParticipationState::Active => "already_active",
        ParticipationState::Settled => "already_settled",
        ParticipationState::Liquidated => "already_liquidated",
        ParticipationState::Rejected => "already_rejected",
        ParticipationState::Withdrawn => "already_withdrawn",
        ParticipationState::Expired => "already_expired",
        ParticipationState::Refunded => "already_refunded",
    }
}

fn funding_already(funding: Funding) -> &'static str {
    match funding {
        Funding::None => "funding_already_none",
        Funding::Pending => "funding_already_pending",
        Funding::Held => "funding_already_held",
        Funding::Refused => "funding_already_refused",
        Funding::Captured => "funding_already_captured",
        Funding::Released => "funding_already_released",
    }
}
