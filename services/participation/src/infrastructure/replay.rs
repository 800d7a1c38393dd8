//! The service's own record, folded: what each offering and participation must be after all that
//! happened to it. The tables are compared with this (`verify.rs`).

use std::collections::BTreeMap;

use contracts::participation as pb;
use contracts::participation::Event;
use uuid::Uuid;

use crate::domain::{Funding, OfferingStatus, ParticipationState};

/// A tenant and one of its aggregates.
pub(super) type Key = (Uuid, Uuid);

/// A participation as its events leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParticipationReplay {
    pub project: String,
    pub investor: String,
    pub minor: i64,
    pub share_type: String,
    pub owner_stake: bool,
    pub state: ParticipationState,
    /// `None` where its events are older than the ones that tell of it.
    pub funding: Option<Funding>,
    pub number: Option<i64>,
    pub agreement_hash: String,
}

/// An offering as its events leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OfferingReplay {
    pub goal_minor: i64,
    pub status: OfferingStatus,
    pub seal_hash: Option<String>,
}

/// Everything, by tenant and id.
#[derive(Debug, Default)]
pub(super) struct Replay {
    pub offerings: BTreeMap<Key, OfferingReplay>,
    pub participations: BTreeMap<Key, ParticipationReplay>,
}

impl Replay {
    /// Takes the next event of an aggregate, in the order of its versions. Refuses, in words, one
    /// that nothing came before.
    pub(super) fn take(&mut self, key: Key, event: Event) -> Result<(), String> {
        use ParticipationState as S;
        let (state, funding) = match event {
            Event::ParticipationRequested(one) => {
                self.requested(key, one);
                return Ok(());
            }
            Event::ParticipationWaitlisted(one) => {
                self.participations.insert(key, waitlisted(one));
                return Ok(());
            }
            Event::OfferingOpened(opened) => {
                let opened = OfferingReplay {
                    goal_minor: opened.goal.unwrap_or_default().minor,
                    status: OfferingStatus::Open,
                    seal_hash: None,
                };
                self.offerings.insert(key, opened);
                return Ok(());
            }
            Event::OfferingFilled(_) => return self.offering(key, OfferingStatus::Full),
            Event::OfferingReopened(_) => return self.offering(key, OfferingStatus::Open),
            Event::OfferingDeadlineMissed(_) | Event::OfferingClosed(_) => {
                return self.offering(key, OfferingStatus::Closed);
            }
            Event::OfferingSealed(sealed) => {
                self.offering(key, OfferingStatus::Sealed)?;
                if let Some(offering) = self.offerings.get_mut(&key) {
                    offering.seal_hash = Some(sealed.list_hash);
                }
                return Ok(());
            }
            Event::ParticipationHeld(_) => (None, Some(Funding::Held)),
            Event::ParticipationFunding(one) => (None, one.funding.parse().ok()),
            Event::ParticipationRenewed(_) => (None, None),
            Event::ParticipationApproved(_) => (Some(S::Approved), None),
            Event::ParticipationRejected(one) => (Some(S::Rejected), one.funding.parse().ok()),
            Event::ParticipationWithdrawn(_) => (Some(S::Withdrawn), None),
            Event::ParticipationExpired(_) => (Some(S::Expired), None),
            Event::ParticipationActivated(_) => (Some(S::Active), None),
            Event::ParticipationSettled(_) => (Some(S::Settled), None),
            Event::ParticipationLiquidated(_) => (Some(S::Liquidated), None),
            Event::ParticipationRefunded(_) => (Some(S::Refunded), None),
        };
        let one = self.participations.get_mut(&key);
        let one = one.ok_or_else(|| format!("participation {} was never requested", key.1))?;
        one.state = state.unwrap_or(one.state);
        one.funding = one.funding.map(|before| funding.unwrap_or(before));
        Ok(())
    }

    /// A new one, or a promotion of one that waited.
    fn requested(&mut self, key: Key, one: pb::ParticipationRequested) {
        let number = self
            .participations
            .get(&key)
            .and_then(|before| before.number);
        let tells_funding = !one.agreement_hash.is_empty();
        let requested = ParticipationReplay {
            project: one.project_id,
            investor: one.investor_id,
            minor: one.amount.unwrap_or_default().minor,
            share_type: one.r#type,
            owner_stake: one.owner_stake,
            state: ParticipationState::Requested,
            funding: tells_funding.then_some(Funding::Pending),
            number,
            agreement_hash: one.agreement_hash,
        };
        self.participations.insert(key, requested);
    }

    fn offering(&mut self, key: Key, status: OfferingStatus) -> Result<(), String> {
        let offering = self.offerings.get_mut(&key);
        let offering = offering.ok_or_else(|| format!("offering {} was never opened", key.1))?;
        offering.status = status;
        Ok(())
    }

    /// Reserved, approved, and the number of the last place given out: of an offering's
    /// participations.
    pub(super) fn figures(&self) -> BTreeMap<(Uuid, String), (i64, i64, i64)> {
        use ParticipationState as S;
        let mut figures = BTreeMap::<_, (i64, i64, i64)>::new();
        for ((tenant, _), one) in &self.participations {
            let of = figures.entry((*tenant, one.project.clone())).or_default();
            match one.state {
                S::Requested => of.0 += one.minor,
                S::Approved | S::Active | S::Settled | S::Liquidated => of.1 += one.minor,
                S::Waitlisted | S::Rejected | S::Withdrawn | S::Expired | S::Refunded => {}
            }
            of.2 = of.2.max(one.number.unwrap_or_default());
        }
        figures
    }
}

fn waitlisted(one: pb::ParticipationWaitlisted) -> ParticipationReplay {
    ParticipationReplay {
        project: one.project_id,
        investor: one.investor_id,
        minor: one.amount.unwrap_or_default().minor,
        share_type: one.r#type,
        owner_stake: one.owner_stake,
        state: ParticipationState::Waitlisted,
        funding: Some(Funding::None),
        number: Some(one.number),
        agreement_hash: one.agreement_hash,
    }
}
