//! Columns and what they stand for. A text that is no value of ours is a fault, never a guess.

use ids::{ParticipationId, ProjectId, UserId};
use money::{Currency, Money};
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use crate::application::ports::Seen;
use crate::domain::{Offering, OfferingState, Participation, Renewal, Signature, Terms};

/// Reads participations with these clauses behind them; `$1` is the tenant.
macro_rules! participations {
    ($clauses:tt, $($arg:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::infrastructure::rows::ParticipationRow,
            r#"SELECT p.participation_id, p.project_id, p.investor_id, o.owner_id, o.currency,
                      p.amount_minor, p.asked_minor, p.allow_partial, p.share_type,
                      p.owner_stake, p.state, p.funding, p.reason, p.number, p.requested_at,
                      p.decide_by, p.refused_at, p.approved_at, p.cooling_off_until,
                      p.notice_id, p.renew_by, p.agreement_version, p.agreement_hash,
                      CASE WHEN p.state = 'WAITLISTED' THEN (
                          SELECT count(*) FROM participations w
                          WHERE w.tenant_id = p.tenant_id AND w.project_id = p.project_id
                            AND w.state = 'WAITLISTED' AND w.number <= p.number) END AS place
               FROM participations p JOIN offerings o USING (tenant_id, project_id)
               WHERE p.tenant_id = $1 "# + $clauses,
            $($arg),+
        )
    };
}
pub(super) use participations;

pub(super) struct OfferingRow {
    pub project_id: Uuid,
    pub owner_id: Uuid,
    pub currency: String,
    pub goal_minor: i64,
    pub reserved_minor: i64,
    pub approved_minor: i64,
    pub stake_minor: i64,
    pub min_ticket_minor: i64,
    pub max_ticket_minor: Option<i64>,
    pub products_ticket_min_minor: Option<i64>,
    pub decision_hours: i32,
    pub cooling_off_hours: i32,
    pub deadline: OffsetDateTime,
    pub first_loss_minor: i64,
    pub conditions: Option<serde_json::Value>,
    pub status: String,
    pub numbers: i64,
    pub suspended: bool,
    pub gap_until: Option<OffsetDateTime>,
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
            stake_minor: row.stake_minor,
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
                first_loss_minor: row.first_loss_minor,
                conditions: row
                    .conditions
                    .map(serde_json::from_value)
                    .transpose()
                    .map_err(StoreError::failed)?,
            },
            status: pg::stored(&row.status)?,
            numbers: row.numbers,
            suspended: row.suspended,
            gap_until: row.gap_until,
        }))
    }
}

pub(super) struct ParticipationRow {
    pub participation_id: Uuid,
    pub project_id: Uuid,
    pub investor_id: Uuid,
    pub owner_id: Uuid,
    pub currency: String,
    pub amount_minor: i64,
    pub asked_minor: Option<i64>,
    pub allow_partial: bool,
    pub share_type: String,
    pub owner_stake: bool,
    pub state: String,
    pub funding: String,
    pub reason: Option<String>,
    pub number: Option<i64>,
    pub requested_at: OffsetDateTime,
    pub decide_by: OffsetDateTime,
    pub refused_at: Option<OffsetDateTime>,
    pub approved_at: Option<OffsetDateTime>,
    pub cooling_off_until: Option<OffsetDateTime>,
    pub notice_id: Option<Uuid>,
    pub renew_by: Option<OffsetDateTime>,
    pub agreement_version: Option<String>,
    pub agreement_hash: Option<String>,
    pub place: Option<i64>,
}

impl TryFrom<ParticipationRow> for Participation {
    type Error = StoreError;

    fn try_from(row: ParticipationRow) -> Result<Self, StoreError> {
        Ok(Seen::try_from(row)?.participation)
    }
}

impl TryFrom<ParticipationRow> for Seen {
    type Error = StoreError;

    fn try_from(row: ParticipationRow) -> Result<Self, StoreError> {
        let currency: Currency = pg::stored(&row.currency)?;
        let money = |minor| Money::try_new(minor, currency).map_err(StoreError::failed);
        let renewal = row.notice_id.zip(row.renew_by);
        let signature = row.agreement_version.zip(row.agreement_hash);
        let participation = Participation {
            id: ParticipationId::from(row.participation_id),
            project: ProjectId::from(row.project_id),
            investor: UserId::from(row.investor_id),
            amount: money(row.amount_minor)?,
            asked: money(row.asked_minor.unwrap_or(row.amount_minor))?,
            allow_partial: row.allow_partial,
            share_type: pg::stored(&row.share_type)?,
            owner_stake: row.owner_stake,
            state: pg::stored(&row.state)?,
            funding: pg::stored(&row.funding)?,
            reason: row.reason,
            number: row.number,
            requested_at: row.requested_at,
            decide_by: row.decide_by,
            refused_at: row.refused_at,
            approved_at: row.approved_at,
            cooling_off_until: row.cooling_off_until,
            renewal: renewal.map(|(notice, renew_by)| Renewal {
                notice: notice.into(),
                renew_by,
            }),
            signature: signature.map(|(version, sha256)| Signature { version, sha256 }),
        };
        Ok(Self {
            participation,
            owner: row.owner_id.into(),
            place: row.place,
        })
    }
}
