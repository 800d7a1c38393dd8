//! The treasurer matches a bank receipt to a reported sale or an agreed buy-back.

use authz::Actor;
use ids::{ClaimId, ProjectId, TransferId};
use money::Money;
use serde::Serialize;
use uow::IdempotencyKey;

use super::App;
use super::execution::{ExecutionError, books, must_not_own, reference};
use super::ports::{Direction, Receipt};
use crate::domain::AccountKey;

/// A bank receipt and what it is for.
#[derive(Debug, Clone, Serialize)]
pub struct MatchProceeds {
    /// Into whose escrow.
    pub project: ProjectId,
    /// The sale or buy-back.
    pub claim: ClaimId,
    /// How much: the full amount.
    pub amount: Money,
    /// The bank's name for it: each is booked once.
    pub bank_reference: String,
}

/// Posts it into `escrow:proceeds` and counts the goods as sold.
#[tracing::instrument(name = "accounting.match_proceeds", skip_all)]
pub async fn match_proceeds(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: MatchProceeds,
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("match_proceeds", key, &cmd)?;
    let bank_reference = reference(&cmd.bank_reference)?.to_owned();
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let mut books = books(&mut *tx, cmd.project).await?;
    must_not_own(by, &books)?;
    let keys = [
        AccountKey::CustodyBank,
        AccountKey::EscrowProceeds(cmd.project),
    ];
    let mut book = tx.book_for_update(&keys, books.currency, &[]).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let claim = tx.claim(cmd.project, cmd.claim).await?;
    let mut claim = claim.ok_or(ExecutionError::NoSuchClaim(cmd.claim))?;
    if !tx.claim_reference(Direction::In, &bank_reference).await? {
        return Err(ExecutionError::ReferenceUsed);
    }

    let mut goods = tx.goods(cmd.project).await?;
    let posting = claim.match_receipt(cmd.amount, &mut books, &mut goods)?;
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
    tx.save_goods(cmd.project, &goods).await?;
    tx.add_proceeds(&receipt, &claim).await?;
    tx.remember(&key, &receipt.id.to_string()).await?;
    tx.commit().await?;
    Ok(())
}
