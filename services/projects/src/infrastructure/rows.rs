//! Columns and what they stand for. A text that is no value of ours is a fault, never a guess.

use costing::{Costing, Sheet};
use ids::{ProjectId, UserId};
use money::{Currency, Money};
use sqlx::types::Json;
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use crate::domain::{Description, ImportProject, Seal, Terms};

pub(super) struct ProjectRow {
    pub project_id: Uuid,
    pub owner_id: Uuid,
    pub name: String,
    pub summary: String,
    pub risk_text: String,
    pub jurisdiction: String,
    pub currency: String,
    pub sheet: Json<Sheet>,
    pub terms: Option<Json<Terms>>,
    pub costing: Json<Costing>,
    pub goal_minor: Option<i64>,
    pub state: String,
    pub funding_outcome: String,
    pub flag: String,
    pub flag_reason: Option<String>,
    pub settlement_phase: String,
    pub liquidation: String,
    pub cancel_reason: Option<String>,
    pub refunds_expected: Option<i64>,
    pub created_at: OffsetDateTime,
    pub published_at: Option<OffsetDateTime>,
    pub funding_opens_at: Option<OffsetDateTime>,
    pub funding_deadline: Option<OffsetDateTime>,
    pub due_at: Option<OffsetDateTime>,
    pub escrow_minor: i64,
    pub seal_total_minor: Option<i64>,
    pub seal_hash: Option<String>,
    pub snapshot_version: i64,
    pub open_disbursements: i32,
    pub completion_declared: bool,
    pub key_information_wanted: i32,
}

impl TryFrom<ProjectRow> for ImportProject {
    type Error = StoreError;

    fn try_from(row: ProjectRow) -> Result<Self, StoreError> {
        let currency: Currency = pg::stored(&row.currency)?;
        let money = |minor: i64| Money::try_new(minor, currency).map_err(StoreError::failed);
        let seal = match row.seal_total_minor.zip(row.seal_hash) {
            Some((minor, list_hash)) => Some(Seal {
                total: money(minor)?,
                list_hash,
            }),
            None => None,
        };
        Ok(Self {
            id: ProjectId::from(row.project_id),
            owner: UserId::from(row.owner_id),
            description: Description {
                name: row.name,
                summary: row.summary,
                risk_text: row.risk_text,
                jurisdiction: row.jurisdiction,
            },
            sheet: row.sheet.0,
            terms: row.terms.map(|terms| terms.0),
            costing: row.costing.0,
            goal: row.goal_minor.map(money).transpose()?,
            state: pg::stored(&row.state)?,
            funding_outcome: pg::stored(&row.funding_outcome)?,
            flag: pg::stored(&row.flag)?,
            flag_reason: row.flag_reason,
            settlement_phase: pg::stored(&row.settlement_phase)?,
            liquidation: pg::stored(&row.liquidation)?,
            cancel_reason: row.cancel_reason,
            refunds_expected: row
                .refunds_expected
                .map(u64::try_from)
                .transpose()
                .map_err(StoreError::failed)?,
            created_at: row.created_at,
            published_at: row.published_at,
            funding_opens_at: row.funding_opens_at,
            funding_deadline: row.funding_deadline,
            due_at: row.due_at,
            escrow: money(row.escrow_minor)?,
            seal,
            snapshot_version: row.snapshot_version,
            open_disbursements: row
                .open_disbursements
                .try_into()
                .map_err(StoreError::failed)?,
            completion_declared: row.completion_declared,
            key_information_wanted: row
                .key_information_wanted
                .try_into()
                .map_err(StoreError::failed)?,
        })
    }
}
