//! The treasurer books what came back to a project: a recovered tax, an indemnity, a supplier's
//! refund.

use authz::Actor;
use ids::{ProjectId, TransferId};
use money::Money;
use serde::Serialize;
use text::Rule;
use uow::IdempotencyKey;

use super::App;
use super::execution::{ExecutionError, books, must_not_own, reference};
use super::ports::{Direction, Receipt};
use crate::domain::{AccountKey, BooksRefusal, Budget, Recovery, RecoveryRefusal};

/// The number of a claim or a credit note; a tax may have none.
const DOCUMENT: Rule = Rule::line("document", 200).optional();

/// A bank receipt that is no sale.
#[derive(Debug, Clone, Serialize)]
pub struct RecordRecovery {
    /// Into whose escrow.
    pub project: ProjectId,
    /// Who gives it back.
    pub kind: String,
    /// The recoverable tax line, or what was indemnified or refunded.
    pub line_name: String,
    /// The claim's or credit note's number; a tax may have none.
    pub document: String,
    /// How much.
    pub amount: Money,
    /// The bank's name for it: each is booked once.
    pub bank_reference: String,
}

/// Posts it into `escrow:capital`.
#[tracing::instrument(name = "accounting.record_recovery", skip_all)]
pub async fn record_recovery(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: RecordRecovery,
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("record_recovery", key, &cmd)?;
    let bank_reference = reference(&cmd.bank_reference)?;
    let kind = cmd.kind.parse().map_err(|_| ExecutionError::NoKind)?;
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let document = DOCUMENT.read(&cmd.document);
    let document = document.map_err(|_| RecoveryRefusal::NoDocument)?;
    let mut tx = app.store.begin(actor).await?;
    let mut books = books(&mut *tx, cmd.project).await?;
    must_not_own(by, &books)?;
    let keys = [
        AccountKey::CustodyBank,
        AccountKey::EscrowCapital(cmd.project),
    ];
    let mut book = tx.book_for_update(&keys, books.currency, &[]).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    if !tx.claim_reference(Direction::In, &bank_reference).await? {
        return Err(ExecutionError::ReferenceUsed);
    }

    let approved = tx.approval(cmd.project).await?;
    let approved = approved.ok_or(BooksRefusal::EscrowClosed(books.phase))?;
    let budget = Budget::of(&approved.costing);
    let line = budget.called(&cmd.line_name);
    let recovery = Recovery {
        kind,
        line: line.ok_or(ExecutionError::NoLine)?.clone(),
        document,
    };
    let figures = tx.paid_and_recovered(&books, &recovery.line).await?;
    let posting = books.record_recovery(cmd.amount)?;
    recovery.check(cmd.amount, figures)?;
    let receipt = Receipt {
        project: cmd.project,
        id: TransferId::new(),
        amount: cmd.amount,
        bank_reference,
        booked_by: by,
    };
    book.post(receipt.id, &posting)?;

    tx.save_book(&book).await?;
    tx.save_books(&books).await?;
    tx.add_recovery(&receipt, &recovery).await?;
    tx.remember(&key, &receipt.id.to_string()).await?;
    tx.commit().await?;
    Ok(())
}
