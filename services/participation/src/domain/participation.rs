//! One investor's share of a project, from the request to the last cent.

use ids::{EventId, ParticipationId, ProjectId, UserId};
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
    /// Found no room: it waits for some, and no money is asked for.
    Waitlisted,
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
    /// Never asked for: it has not left the waiting list.
    None,
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
    /// The owner did not decide in time.
    pub const UNDECIDED: &str = "UNDECIDED";
    /// The funding time ended while it was on the waiting list.
    pub const DEADLINE: &str = "DEADLINE";
    /// The project was cancelled before the money was set aside.
    pub const PROJECT_CANCELLED: &str = "PROJECT_CANCELLED";
    /// The investor did not go on after a material change.
    pub const MATERIAL_CHANGE: &str = "MATERIAL_CHANGE";
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
    /// How much was asked for; more than `amount` where only a part was taken.
    pub asked: Money,
    /// Whether less will do when less is left.
    pub allow_partial: bool,
    /// Goods or profit.
    pub share_type: ShareType,
    /// The project owner's own money.
    pub owner_stake: bool,
    /// Where it stands.
    pub state: ParticipationState,
    /// Where its money is.
    pub funding: Funding,
    /// Why it was rejected, or ended.
    pub reason: Option<String>,
    /// The number that its place in the waiting list had: the smaller is promoted first.
    pub number: Option<i64>,
    /// When it was asked for.
    pub requested_at: OffsetDateTime,
    /// From here on the owner can't decide any more; in the waiting list, its end.
    pub decide_by: OffsetDateTime,
    /// When Accounting had no money for it.
    pub refused_at: Option<OffsetDateTime>,
    /// When the owner took it.
    pub approved_at: Option<OffsetDateTime>,
    /// Until here the investor may withdraw; set with the approval.
    pub cooling_off_until: Option<OffsetDateTime>,
    /// The material change that waits for the investor's renewal.
    pub renewal: Option<Renewal>,
    /// What the investor signed; `None` only from before agreements were signed.
    pub signature: Option<Signature>,
}

impl Participation {
    /// What it counts toward its investor's limits and the project's goal, in minor units.
    pub fn counted_minor(&self) -> i64 {
        match self.state {
            ParticipationState::Requested
            | ParticipationState::Approved
            | ParticipationState::Active
            | ParticipationState::Settled
            | ParticipationState::Liquidated => self.amount.minor(),
            ParticipationState::Waitlisted
            | ParticipationState::Rejected
            | ParticipationState::Withdrawn
            | ParticipationState::Expired
            | ParticipationState::Refunded => 0,
        }
    }
}

/// A material change that an investor has to go on after, or leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The project's notice of it.
    pub notice: EventId,
    /// From here on who did not renew is withdrawn.
    pub renew_by: OffsetDateTime,
}

/// Which agreement was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// Of the template.
    pub version: String,
    /// SHA-256 of the text, lower-case hex.
    pub sha256: String,
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
    /// No room: it waits.
    Waitlisted,
    /// The money is set aside.
    Held,
    /// Accounting captures.
    Approved(ApprovedBy),
    /// Accounting voids.
    Rejected,
    /// Taken back; Accounting voids, or pays back what was approved.
    Withdrawn {
        /// In the cooling-off time.
        was_approved: bool,
    },
    /// Accounting voids.
    Expired,
    /// The project was approved.
    Activated,
    /// The final run was posted.
    Settled,
    /// Accounting voids or pays back.
    Refunded,
    /// The liquidation was posted.
    Liquidated,
    /// The investor goes on after this change.
    Renewed(EventId),
    /// Nothing but `funding` changed.
    FundingMoved,
}
