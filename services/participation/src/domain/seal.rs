//! Sealing: from here on the list of participations is final (domain.md §2 "Sealing").

use std::fmt::Write as _;

use ids::{ParticipationId, UserId};
use money::Money;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{
    Funding, Offering, OfferingStatus, Participation, ParticipationFact, ParticipationState,
    Refusal, ShareType,
};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    /// Which.
    pub id: ParticipationId,
    /// Whose.
    pub investor: UserId,
    /// How much.
    pub amount: Money,
    /// Goods or profit.
    pub share_type: ShareType,
    /// The project owner's own money.
    pub owner_stake: bool,
    /// When it was taken.
    pub approved_at: OffsetDateTime,
}

/// All participations of a sealed offering, by time of approval, then by id; they add up to its
/// goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedList {
    /// The sum, which is the goal.
    pub total: Money,
    /// The lines in their order.
    pub entries: Vec<SealedEntry>,
}

impl SealedList {
    /// The text that the list's hash is made of: per line `id|investor|minor|type|approved_at`
    /// (RFC 3339) and a line feed.
    pub fn text(&self) -> String {
        self.entries.iter().fold(String::new(), |mut text, entry| {
            let approved_at = entry
                .approved_at
                .format(&Rfc3339)
                .expect("a year of four digits");
            let SealedEntry {
                id,
                investor,
                amount,
                share_type,
                ..
            } = entry;
            let minor = amount.minor();
            writeln!(text, "{id}|{investor}|{minor}|{share_type}|{approved_at}")
                .expect("a string takes every text");
            text
        })
    }
}

impl Offering {
    /// Makes the list final. `participations` are all of the offering; refused until it is full,
    /// all is captured and renewed, and every cooling-off time is over.
    pub fn seal(
        &mut self,
        participations: &[Participation],
        now: OffsetDateTime,
    ) -> Result<SealedList, Refusal> {
        match self.state.status {
            OfferingStatus::Full => {}
            OfferingStatus::Open => return Err(Refusal::NotFull),
            OfferingStatus::Sealed => return Err(Refusal::OfferingSealed),
            OfferingStatus::Closed => return Err(Refusal::OfferingClosed),
        }
        let mut entries = participations
            .iter()
            .filter(|participation| participation.state == ParticipationState::Approved)
            .map(|participation| entry(participation, now))
            .collect::<Result<Vec<_>, _>>()?;
        let missing = self.state.terms.first_loss_minor - self.state.stake_minor;
        if missing > 0 {
            return Err(Refusal::FirstLossUncovered {
                missing: self.limit(missing)?,
            });
        }
        entries.sort_by_key(|entry| (entry.approved_at, entry.id));
        let amounts = entries.iter().map(|entry| entry.amount);
        let total = Money::sum(amounts, self.state.currency)?;
        if total.minor() != self.state.goal_minor {
            return Err(Refusal::ListIncomplete);
        }
        self.state.status = OfferingStatus::Sealed;
        Ok(SealedList { total, entries })
    }

    /// The project was approved with this participation.
    pub fn activate(
        &self,
        participation: &mut Participation,
    ) -> Result<ParticipationFact, Refusal> {
        if self.state.status != OfferingStatus::Sealed {
            return Err(Refusal::NotSealed);
        }
        if participation.state != ParticipationState::Approved {
            return Err(Refusal::Already(participation.state));
        }
        participation.state = ParticipationState::Active;
        Ok(ParticipationFact::Activated)
    }
}

fn entry(participation: &Participation, now: OffsetDateTime) -> Result<SealedEntry, Refusal> {
    let (Some(approved_at), Some(until)) =
        (participation.approved_at, participation.cooling_off_until)
    else {
        return Err(Refusal::ListIncomplete);
    };
    if participation.funding != Funding::Captured {
        return Err(Refusal::NotCaptured);
    }
    if now < until {
        return Err(Refusal::CoolingOffRunning);
    }
    if participation.renewal.is_some() {
        return Err(Refusal::RenewalOutstanding);
    }
    Ok(SealedEntry {
        id: participation.id,
        investor: participation.investor,
        amount: participation.amount,
        share_type: participation.share_type,
        owner_stake: participation.owner_stake,
        approved_at,
    })
}

#[cfg(test)]
mod tests {
    use ids::EventId;
    use time::Duration;

    use super::*;
    use crate::domain::Renewal;
    use crate::domain::samples::{START, approved, offering, requested};

    const OVER: OffsetDateTime = START.saturating_add(Duration::hours(96));

    fn captured(offering: &mut Offering, minor: i64) -> Participation {
        let mut participation = approved(offering, minor);
        participation.captured().unwrap();
        participation
    }

    fn code(offering: &Offering, all: &[Participation], now: OffsetDateTime) -> &'static str {
        let mut sealing = offering.clone();
        let refused = sealing.seal(all, now).unwrap_err();
        assert_eq!(sealing, *offering, "a refusal changes nothing");
        refused.code()
    }

    #[test]
    fn an_offering_is_sealed_when_full_captured_and_cooled_off_and_not_before() {
        let mut offering = offering(1_000);
        let first = captured(&mut offering, 400);
        assert_eq!(
            code(&offering, std::slice::from_ref(&first), OVER),
            "not_full"
        );
        let mut second = approved(&mut offering, 600);
        assert_eq!(
            code(&offering, &[first.clone(), second.clone()], OVER),
            "not_captured"
        );
        second.captured().unwrap();
        let all = [second, first.clone()];
        assert_eq!(
            code(&offering, &all, OVER - Duration::SECOND),
            "cooling_off_running"
        );
        assert_eq!(code(&offering, &[first], OVER), "list_incomplete");
        let mut asked = all.clone();
        asked[0].renewal = Some(Renewal {
            notice: EventId::new(),
            renew_by: OVER,
        });
        assert_eq!(code(&offering, &asked, OVER), "renewal_outstanding");
        let mut exposed = offering.clone();
        exposed.state.terms.first_loss_minor = 1;
        assert_eq!(code(&exposed, &all, OVER), "first_loss_uncovered");

        let list = offering.seal(&all, OVER).unwrap();
        assert_eq!(list.total.minor(), 1_000);
        assert_eq!(offering.state.status, OfferingStatus::Sealed);
        assert_eq!(code(&offering, &all, OVER), "offering_sealed");
    }

    #[test]
    fn the_list_does_not_depend_on_the_order_of_reading() {
        let mut offering = offering(1_000);
        let mut ended = requested(&mut offering, 400);
        offering.withdraw(&mut ended, START).unwrap();
        let (first, second) = (captured(&mut offering, 400), captured(&mut offering, 600));
        let one = offering
            .clone()
            .seal(&[second.clone(), ended, first.clone()], OVER)
            .unwrap();
        let other = offering
            .seal(&[first.clone(), second.clone()], OVER)
            .unwrap();
        assert_eq!(one, other);
        let line = |of: &Participation, minor: i64| {
            format!(
                "{}|{}|{minor}|PROFIT_ONLY|2026-03-01T12:00:00Z\n",
                of.id, of.investor
            )
        };
        assert_eq!(one.text(), line(&first, 400) + &line(&second, 600));
    }

    #[test]
    fn a_participation_becomes_active_only_from_a_sealed_list() {
        let mut offering = offering(1_000);
        let mut participation = captured(&mut offering, 1_000);
        assert_eq!(
            offering.activate(&mut participation),
            Err(Refusal::NotSealed)
        );
        offering
            .seal(std::slice::from_ref(&participation), OVER)
            .unwrap();
        assert_eq!(
            offering.activate(&mut participation),
            Ok(ParticipationFact::Activated)
        );
        let again = offering.activate(&mut participation);
        assert_eq!(again, Err(Refusal::Already(ParticipationState::Active)));
    }
}
