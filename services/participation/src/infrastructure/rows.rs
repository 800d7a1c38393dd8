//! Columns and what they stand for. A text that is no value of ours is a fault, never a guess.

use ids::{ParticipationId, ProjectId, UserId};
use money::{Currency, Money};
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use crate::domain::{Offering, OfferingState, Participation, Terms};

pub(super) struct OfferingRow {
    pub project_id: Uuid,
    pub owner_id: Uuid,
    pub currency: String,
    pub goal_minor: i64,
    pub reserved_minor: i64,
    pub approved_minor: i64,
    pub min_ticket_minor: i64,
    pub max_ticket_minor: Option<i64>,
    pub products_ticket_min_minor: Option<i64>,
    pub decision_hours: i32,
    pub cooling_off_hours: i32,
    pub deadline: OffsetDateTime,
    pub status: String,
}

impl TryFrom<OfferingRow> for Offering {
    type Error = StoreError;

    fn try_from(row: OfferingRow) -> Result<Self, StoreError> {
        Ok(Self::restore(OfferingState {
            project: ProjectId::from(row.project_id),
            owner: UserId::from(row.owner_id),
            currency: pg::stored(&row.currency)?,
            goal_minor: row.goal_minor,
            reserved_minor: row.reserved_minor,
            approved_minor: row.approved_minor,
            terms: Terms {
                min_ticket_minor: row.min_ticket_minor,
                max_ticket_minor: row.max_ticket_minor,
                products_ticket_min_minor: row.products_ticket_min_minor,
                decision_hours: row.decision_hours.try_into().map_err(StoreError::failed)?,
                cooling_off_hours: row
                    .cooling_off_hours
                    .try_into()
                    .map_err(StoreError::failed)?,
                deadline: row.deadline,
            },
            status: pg::stored(&row.status)?,
        }))
    }
}

pub(super) struct ParticipationRow {
    pub participation_id: Uuid,
    pub project_id: Uuid,
    pub investor_id: Uuid,
    pub amount_minor: i64,
    pub currency: String,
    pub share_type: String,
    pub owner_stake: bool,
    pub state: String,
    pub funding: String,
    pub reason: Option<String>,
    pub requested_at: OffsetDateTime,
    pub decide_by: OffsetDateTime,
    pub approved_at: Option<OffsetDateTime>,
    pub cooling_off_until: Option<OffsetDateTime>,
}

impl TryFrom<ParticipationRow> for Participation {
    type Error = StoreError;

    fn try_from(row: ParticipationRow) -> Result<Self, StoreError> {
        let currency: Currency = pg::stored(&row.currency)?;
        Ok(Self {
            id: ParticipationId::from(row.participation_id),
            project: ProjectId::from(row.project_id),
            investor: UserId::from(row.investor_id),
            amount: Money::try_new(row.amount_minor, currency).map_err(StoreError::failed)?,
            share_type: pg::stored(&row.share_type)?,
            owner_stake: row.owner_stake,
            state: pg::stored(&row.state)?,
            funding: pg::stored(&row.funding)?,
            reason: row.reason,
            requested_at: row.requested_at,
            decide_by: row.decide_by,
            approved_at: row.approved_at,
            cooling_off_until: row.cooling_off_until,
        })
    }
}
