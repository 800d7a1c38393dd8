//! The treasurer matches a bank receipt to a reported sale or an agreed buy-back.

use authz::Actor;
use ids::{ClaimId, ProjectId, TransferId};
use money::Money;
use serde::Serialize;
use uow::IdempotencyKey;

use super::App;
use super::execution::{ExecutionError, books, must_not_own, reference};
use super::ports::{Direction, Receipt};
use crate::domain::{AccountKey, Deposit, Matched};

/// A bank receipt and what it is for.
#[derive(Debug, Clone, Serialize)]
pub struct MatchProceeds {
    /// Into whose escrow.
    pub project: ProjectId,
    /// The sale or buy-back.
    pub claim: ClaimId,
    /// How much: all that is owed, a part, or more.
    pub amount: Money,
    /// The bank's name for it: each is booked once.
    pub bank_reference: String,
}

/// Posts it into `escrow:proceeds`, what is too much into suspense, and counts the goods as sold
/// when all of it is there.
#[tracing::instrument(name = "accounting.match_proceeds", skip_all)]
pub async fn match_proceeds(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: MatchProceeds,
) -> Result<(), ExecutionError> {
    let key = IdempotencyKey::try_new("match_proceeds", key, &cmd)?;
    let bank_reference = reference(&cmd.bank_reference)?;
    let by = actor.user().ok_or(ExecutionError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    let mut books = books(&mut *tx, cmd.project).await?;
    must_not_own(by, &books)?;
    let keys = [
        AccountKey::CustodyBank,
        AccountKey::EscrowProceeds(cmd.project),
        AccountKey::Suspense,
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
    let Matched { posting, excess } = claim.match_receipt(cmd.amount, &mut books, &mut goods)?;
    let receipt = Receipt {
        project: cmd.project,
        id: TransferId::new(),
        amount: posting.amount,
        bank_reference,
        booked_by: by,
    };
    book.post(receipt.id, &posting)?;
    let excess = excess.map(|amount| Deposit {
        id: TransferId::new(),
        user: None,
        amount,
        bank_reference: receipt.bank_reference.clone(),
        note: format!("OVERPAID {}", cmd.claim),
        booked_by: by,
        returned: false,
    });
    if let Some(excess) = &excess {
        book.post(excess.id, &excess.posting())?;
    }

    tx.save_book(&book).await?;
    tx.save_books(&books).await?;
    tx.save_goods(cmd.project, &goods).await?;
    tx.add_proceeds(&receipt, &claim).await?;
    if let Some(excess) = &excess {
        tx.add_deposit(excess).await?;
    }
    tx.remember(&key, &receipt.id.to_string()).await?;
    tx.commit().await?;
    Ok(())
}
