//! The owner asks for a cost to be paid out of escrow.

use authz::Actor;
use ids::{DisbursementId, DocumentId, ProjectId};
use money::Money;
use serde::Serialize;
use uow::{IdempotencyKey, StoreError};

use super::App;
use super::execution::{ExecutionError, books};
use crate::domain::{
    BooksRefusal, Budget, Disbursement, DisbursementRefusal, Invoice, limit, window_from,
};

/// What is to be paid.
#[derive(Debug, Clone, Serialize)]
pub struct RequestDisbursement {
    /// Out of whose escrow.
    pub project: ProjectId,
    /// `GOODS`, or a cost line's kind.
    pub cost_kind: String,
    /// The cost line's name; empty where the kind has one line only.
    pub line_name: String,
    /// Who is paid.
    pub payee: String,
    /// The invoice's number.
    pub invoice: String,
    /// How much.
    pub amount: Money,
    /// The invoice itself, where it was kept.
    pub document: Option<DocumentId>,
}

/// Sets the amount aside in escrow; `overrun_needs_advance` when there is too little.
#[tracing::instrument(name = "accounting.request_disbursement", skip_all)]
pub async fn request_disbursement(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: RequestDisbursement,
) -> Result<Disbursement, ExecutionError> {
    let key = IdempotencyKey::try_new("request_disbursement", key, &cmd)?;
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let mut books = books(&mut *tx, cmd.project).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        let id: DisbursementId = answer.parse().map_err(StoreError::failed)?;
        let found = tx.disbursement_for_update(id).await?;
        let (_, earlier) = found.ok_or(ExecutionError::NoSuchDisbursement(id))?;
        return Ok(earlier);
    }

    let approved = tx.approval(cmd.project).await?;
    let approved = approved.ok_or(BooksRefusal::EscrowClosed(books.phase))?;
    let limit = limit(books.currency).map_err(DisbursementRefusal::from)?;
    let invoice = Invoice {
        cost_kind: cmd.cost_kind,
        line_name: cmd.line_name,
        payee: cmd.payee,
        number: cmd.invoice,
        amount: cmd.amount,
        document: cmd.document,
    };
    let since = window_from(tx.now());
    let standing = tx.standing(&books, &invoice, since).await?;
    let disbursement = Disbursement::request(
        DisbursementId::new(),
        invoice,
        by,
        (&Budget::of(&approved.costing), limit, &standing),
        &mut books,
    )?;

    tx.save_books(&books).await?;
    tx.add_disbursement(&disbursement).await?;
    tx.remember(&key, &disbursement.id.to_string()).await?;
    tx.commit().await?;
    Ok(disbursement)
}
