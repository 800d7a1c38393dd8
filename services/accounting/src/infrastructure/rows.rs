//! Rows that more than one query reads.

use ids::{DocumentId, UserId};
use uow::StoreError;
use uuid::Uuid;

use super::postgres::amount;
use crate::domain::{Disbursement, Invoice};

/// A row of `disbursements`.
pub(super) struct DisbursementRow {
    pub disbursement_id: Uuid,
    pub project_id: Uuid,
    pub cost_kind: String,
    pub line_name: String,
    pub payee: String,
    pub invoice: String,
    pub amount: i64,
    pub currency: String,
    pub state: String,
    pub needs_agreement: bool,
    pub requested_by: Uuid,
    pub agreed_by: Option<Uuid>,
    pub paid_by: Option<Uuid>,
    pub document_id: Option<Uuid>,
    pub ended_by: Option<Uuid>,
    pub end_reason: Option<String>,
}

impl TryFrom<DisbursementRow> for Disbursement {
    type Error = StoreError;

    fn try_from(row: DisbursementRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.disbursement_id.into(),
            project: row.project_id.into(),
            invoice: Invoice {
                cost_kind: row.cost_kind,
                line_name: row.line_name,
                payee: row.payee,
                number: row.invoice,
                amount: amount(row.amount, &row.currency)?,
                document: row.document_id.map(DocumentId::from),
            },
            state: pg::stored(&row.state)?,
            needs_agreement: row.needs_agreement,
            requested_by: row.requested_by.into(),
            agreed_by: row.agreed_by.map(UserId::from),
            paid_by: row.paid_by.map(UserId::from),
            ended: row.ended_by.map(UserId::from).zip(row.end_reason),
        })
    }
}
