//! Who takes part in a project, as far as Projects must know it.

use ids::{ParticipationId, ProjectId, UserId};
use money::Money;
use strum::{Display, EnumString, IntoStaticStr};
use time::OffsetDateTime;

/// How a participation is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ShareType {
    /// In goods, and cash for fractions.
    Products,
    /// In cash.
    ProfitOnly,
}

/// Where a participation stands (domain.md §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the words of domain.md §3")]
pub enum ParticipantState {
    Requested,
    Approved,
    Active,
    Settled,
    Liquidated,
    Rejected,
    Withdrawn,
    Expired,
    Refunded,
}

impl ParticipantState {
    /// Whether the investor has money in the project, or asks to.
    #[must_use]
    pub fn takes_part(self) -> bool {
        match self {
            Self::Requested | Self::Approved | Self::Active | Self::Settled | Self::Liquidated => {
                true
            }
            Self::Rejected | Self::Withdrawn | Self::Expired | Self::Refunded => false,
        }
    }
}

/// One participation as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Which.
    pub participation: ParticipationId,
    /// In which project.
    pub project: ProjectId,
    /// Whose.
    pub investor: UserId,
    /// How much.
    pub amount: Money,
    /// Goods or cash.
    pub share: ShareType,
    /// Where it stands.
    pub state: ParticipantState,
}

/// One entry of the sealed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    /// Which.
    pub participation: ParticipationId,
    /// Whose.
    pub investor: UserId,
    /// How much.
    pub amount: Money,
    /// Goods or cash.
    pub share: ShareType,
    /// Whether it is the owner's own.
    pub owner_stake: bool,
    /// Ties go to the earlier.
    pub approved_at: OffsetDateTime,
}
