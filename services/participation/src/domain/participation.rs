//! One investor's share of a project, from the request to the last cent.

use ids::{ParticipationId, ProjectId, UserId};
use money::Money;
use serde::Serialize;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use time::OffsetDateTime;

/// What an investor gets for the money.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ShareType {
    /// Goods at landed cost.
    Products,
    /// Capital and a share of the profit.
    ProfitOnly,
}

/// Where a participation stands (domain.md §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipationState {
    /// Has room, waits for money and the owner.
    Requested,
    /// The owner took it; its money is captured.
    Approved,
    /// The project was approved with it.
    Active,
    /// Paid out.
    Settled,
    /// The project was cancelled while in execution.
    Liquidated,
    /// Refused by the owner, for want of funds, or because the project was cancelled.
    Rejected,
    /// Taken back by the investor.
    Withdrawn,
    /// The owner did not decide in time.
    Expired,
    /// Paid back because the project was cancelled.
    Refunded,
}

/// What Accounting said about its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Funding {
    /// Asked for.
    Pending,
    /// Set aside in the investor's wallet.
    Held,
    /// Not to be had.
    Refused,
    /// In the project's escrow.
    Captured,
    /// Back in the wallet, or never taken out of it.
    Released,
}

/// The reasons that are not the owner's own words.
pub mod reason {
    /// The wallet did not cover the request, or the escrow was closed.
    pub const FUNDS: &str = "FUNDS";
    /// The project was cancelled before the owner decided.
    pub const PROJECT_CANCELLED: &str = "PROJECT_CANCELLED";
}

/// A request and what became of it. Changed only by an [`super::Offering`], under its lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participation {
    /// Also the id of its hold.
    pub id: ParticipationId,
    /// The project.
    pub project: ProjectId,
    /// Whose money.
    pub investor: UserId,
    /// How much; positive, in the offering's currency.
    pub amount: Money,
    /// Goods or profit.
    pub share_type: ShareType,
    /// The project owner's own money.
    pub owner_stake: bool,
    /// Where it stands.
    pub state: ParticipationState,
    /// Where its money is.
    pub funding: Funding,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// When it was asked for.
    pub requested_at: OffsetDateTime,
    /// From here on the owner can't decide any more.
    pub decide_by: OffsetDateTime,
    /// When the owner took it.
    pub approved_at: Option<OffsetDateTime>,
    /// Until here the investor may withdraw; set with the approval.
    pub cooling_off_until: Option<OffsetDateTime>,
}

/// Who took a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovedBy {
    /// The project's owner.
    Owner(UserId),
    /// Nobody decides about the owner's own stake: it is taken when it is held.
    Itself,
}

/// What happened to a participation, in the words of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParticipationFact {
    /// Room is set aside; Accounting places the hold.
    Requested,
    /// The money is set aside.
    Held,
    /// Accounting captures.
    Approved(ApprovedBy),
    /// Accounting voids.
    Rejected,
    /// Taken back before the decision; Accounting voids.
    Withdrawn,
    /// Taken back in the cooling-off time; Accounting pays back.
    WithdrawnAfterApproval,
    /// Accounting voids.
    Expired,
    /// The project was approved.
    Activated,
    /// The final run was posted.
    Settled,
    /// Accounting pays back.
    Refunded,
    /// Its share comes from the liquidation.
    Liquidated,
}
