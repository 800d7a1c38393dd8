//! The funding round of one project: how much room there is and who may still move.

use ids::{ProjectId, UserId};
use money::{Currency, Money};
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
    /// The project was cancelled.
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
    /// What was offered.
    pub terms: Terms,
    /// Where it stands.
    pub status: OfferingStatus,
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
            terms,
            status: OfferingStatus::Open,
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
