//! The funding round of one project: how much room there is and who may still move.

use ids::{ProjectId, UserId};
use money::{Currency, Money, Ppm};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use time::OffsetDateTime;

use super::{ParticipationFact, Refusal};

/// Where an offering stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OfferingStatus {
    /// Takes requests while there is room and time.
    Open,
    /// `approved == goal`; a cooling-off withdrawal reopens it.
    Full,
    /// The list is final: nobody withdraws any more.
    Sealed,
    /// The goal was missed, or the project was cancelled.
    Closed,
}

/// What the owner offered; it does not change while the offering lives. Amounts in minor units of
/// the offering's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The least of one request, unless it fills the exact remainder.
    pub min_ticket_minor: i64,
    /// The most that one investor may hold in this project, if there is a limit.
    pub max_ticket_minor: Option<i64>,
    /// The least of a PRODUCTS request; `None` where goods are not offered.
    pub products_ticket_min_minor: Option<i64>,
    /// How long the owner has to decide about a request.
    pub decision_hours: u32,
    /// How long an investor may withdraw after the approval.
    pub cooling_off_hours: u32,
    /// From here on no new requests.
    pub deadline: OffsetDateTime,
    /// What the owner's own stake bears before anybody else; it can't be less than this.
    pub first_loss_minor: i64,
    /// What the agreement says of the project; `None` where the offering is older than agreements.
    pub conditions: Option<Conditions>,
}

/// What an investor agrees to beside the amounts; and rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// The project's name.
    pub name: String,
    /// The investors' part of the profit.
    pub investor_share_ppm: Ppm,
    /// Of each one's profit.
    pub success_fee_ppm: Ppm,
    /// Of the profit after the fee.
    pub tax_withholding_ppm: Ppm,
    /// Of the gross, kept back.
    pub holdback_ppm: Ppm,
    /// For so long.
    pub holdback_days: i32,
    /// Of the landed cost, for what is left of the goods.
    pub buyback_ppm: Ppm,
    /// Allotted goods are to be collected within.
    pub collection_days: i32,
    /// A funded project is to be approved within.
    pub approval_days: i32,
    /// An approved project is to begin within.
    pub start_days: i32,
}

/// An offering as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferingState {
    /// The project that is funded.
    pub project: ProjectId,
    /// Who decides about requests.
    pub owner: UserId,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// What is to be raised, in minor units.
    pub goal_minor: i64,
    /// The sum of all REQUESTED participations, in minor units.
    pub reserved_minor: i64,
    /// The sum of all approved participations, in minor units.
    pub approved_minor: i64,
    /// The owner's own part of it, in minor units.
    pub stake_minor: i64,
    /// What was offered.
    pub terms: Terms,
    /// Where it stands.
    pub status: OfferingStatus,
    /// How many places of the waiting list were given out.
    pub numbers: i64,
    /// An admin suspended the project: no requests, approvals or promotions.
    pub suspended: bool,
    /// Until here the owner's own stake may fill what a withdrawal after the deadline left.
    pub gap_until: Option<OffsetDateTime>,
}

/// The funding round of one project. Invariant: `reserved + approved <= goal`, to the minor unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    pub(super) state: OfferingState,
}

/// What happened to an offering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferingFact {
    /// `approved` reached the goal.
    Filled,
    /// A withdrawal took it below the goal again.
    Reopened,
}

/// What one command changed, for the journal; a change of `funding` alone is no public fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What happened to the participation.
    pub participation: Option<ParticipationFact>,
    /// What this did to the offering.
    pub offering: Option<OfferingFact>,
}

impl From<ParticipationFact> for Change {
    fn from(fact: ParticipationFact) -> Self {
        Self {
            participation: Some(fact),
            offering: None,
        }
    }
}

impl Offering {
    /// A new offering. Refuses a goal that is not positive.
    pub fn open(
        project: ProjectId,
        owner: UserId,
        goal: Money,
        terms: Terms,
    ) -> Result<Self, Refusal> {
        if !goal.is_positive() {
            return Err(Refusal::AmountNotPositive);
        }
        Ok(Self::restore(OfferingState {
            project,
            owner,
            currency: goal.currency(),
            goal_minor: goal.minor(),
            reserved_minor: 0,
            approved_minor: 0,
            stake_minor: 0,
            terms,
            status: OfferingStatus::Open,
            numbers: 0,
            suspended: false,
            gap_until: None,
        }))
    }

    /// The offering that was stored. Not a way to make one.
    pub fn restore(state: OfferingState) -> Self {
        Self { state }
    }

    /// What is to be stored.
    pub fn state(&self) -> &OfferingState {
        &self.state
    }

    /// An admin suspended the project, or lets it go on.
    pub fn suspend(&mut self, suspended: bool) {
        self.state.suspended = suspended;
    }

    /// Whether anybody on the waiting list could be promoted at this time.
    pub fn promotes(&self, now: OffsetDateTime) -> bool {
        self.state.status == OfferingStatus::Open
            && !self.state.suspended
            && self.room_minor() > 0
            && now < self.state.terms.deadline
    }

    /// What is not yet asked for, in minor units; never negative.
    pub fn room_minor(&self) -> i64 {
        self.state.goal_minor - self.state.reserved_minor - self.state.approved_minor
    }

    /// An amount of this offering.
    pub fn amount(&self, minor: i64) -> Money {
        Money::try_new(minor, self.state.currency).expect("no part of an offering exceeds its goal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{offering, usd};

    #[test]
    fn an_offering_needs_a_goal() {
        let terms = offering(1).state.terms;
        for (goal, opens) in [(-1, false), (0, false), (1, true)] {
            let opened = Offering::open(ProjectId::new(), UserId::new(), usd(goal), terms.clone());
            assert_eq!(opened.is_ok(), opens, "{goal}");
        }
    }
}
