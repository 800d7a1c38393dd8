//! What the life of a project means for its books.

use ids::{ParticipationId, ProjectId, TransferId, UserId};
use money::{Currency, Money};
use uow::StoreError;

use super::fund_participation::{FundParticipationError, hold_funds};
use super::ports::{BookingError, Tx};
use crate::domain::{AccountKey, Books, BooksRefusal, Claim, ClaimRefusal, Phase};

/// Why a project's step cannot be followed: it contradicts the books, and is for a person to look
/// at.
#[derive(Debug, thiserror::Error)]
pub enum ProjectStepError {
    /// The project has no books.
    #[error("the project has no books")]
    NoBooks,
    /// Its funding was opened before.
    #[error("the project has books already")]
    BooksOpen,
    /// The project has no such goods.
    #[error("the project has no product {0}")]
    NoSuchProduct(String),
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
    /// The claim is not one of the project.
    #[error(transparent)]
    Claim(#[from] ClaimRefusal),
    /// A hold that waited could not be followed.
    #[error(transparent)]
    Waiting(#[from] FundParticipationError),
    /// The ledger refuses.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Funding was opened: the escrow is open from here on, and what waited for it is held.
pub async fn funding_opened(
    tx: &mut dyn Tx,
    project: ProjectId,
    owner: UserId,
    currency: Currency,
) -> Result<(), ProjectStepError> {
    tx.hold_back_opening(project).await?;
    if tx.books_for_update(project).await?.is_some() {
        return Err(ProjectStepError::BooksOpen);
    }
    tx.save_books(&Books::new(project, owner, currency)).await?;
    let escrow = [
        AccountKey::EscrowCapital(project),
        AccountKey::EscrowProceeds(project),
    ];
    tx.book_for_update(&escrow, currency, &[]).await?;
    for waiting in tx.waiting_holds(project).await? {
        hold_funds(tx, waiting.of, waiting.amount).await?;
    }
    Ok(())
}

/// Execution started: the platform's fee is earned.
pub async fn execution_started(
    tx: &mut dyn Tx,
    project: ProjectId,
    fee: Money,
) -> Result<(), ProjectStepError> {
    let mut books = books(tx, project).await?;
    if let Some(posting) = books.start(fee)? {
        let keys = [posting.debit, posting.credit];
        let mut book = tx.book_for_update(&keys, books.currency, &[]).await?;
        book.post(TransferId::new(), &posting)?;
        tx.save_book(&book).await?;
        tx.record_platform_fee(&books, fee).await?;
    }
    Ok(tx.save_books(&books).await?)
}

/// The goods were counted: units received, by SKU.
pub async fn goods_received(
    tx: &mut dyn Tx,
    project: ProjectId,
    counted: &[(String, i64)],
) -> Result<(), ProjectStepError> {
    books(tx, project).await?;
    let mut goods = tx.goods(project).await?;
    for (sku, units) in counted {
        let product = goods.iter_mut().find(|product| product.product == *sku);
        let product = product.ok_or_else(|| ProjectStepError::NoSuchProduct(sku.clone()))?;
        product.received = *units;
    }
    Ok(tx.save_goods(project, &goods).await?)
}

/// Units of an allotment were not collected in time and are sold for their holder: in a run they
/// are paid like a fraction.
pub async fn allotment_lapsed(
    tx: &mut dyn Tx,
    (project, of): (ProjectId, ParticipationId),
    units: &[(String, i64)],
) -> Result<(), ProjectStepError> {
    books(tx, project).await?;
    let goods = tx.goods(project).await?;
    for (sku, units) in units {
        if !goods.iter().any(|product| product.product == *sku) {
            return Err(ProjectStepError::NoSuchProduct(sku.clone()));
        }
        tx.add_lapsed(of, sku, *units).await?;
    }
    Ok(())
}

/// A sale was reported, or a buy-back agreed: somebody owes the project. What owes nothing needs no
/// receipt, and its goods count at once.
pub async fn claim_made(tx: &mut dyn Tx, claim: Claim) -> Result<(), ProjectStepError> {
    books(tx, claim.project).await?;
    let mut goods = tx.goods(claim.project).await?;
    claim.check(&goods)?;
    tx.add_claim(&claim).await?;
    if claim.owed.is_zero() {
        claim.settle_free(&mut goods)?;
        tx.save_goods(claim.project, &goods).await?;
        tx.record_nothing_owed(&claim).await?;
    }
    Ok(())
}

/// Costs are closed.
pub async fn project_completed(
    tx: &mut dyn Tx,
    project: ProjectId,
) -> Result<(), ProjectStepError> {
    let mut books = books(tx, project).await?;
    books.complete()?;
    Ok(tx.save_books(&books).await?)
}

/// The project was cancelled. One whose funding never opened has no books: nothing is to be done.
pub async fn project_cancelled(
    tx: &mut dyn Tx,
    project: ProjectId,
) -> Result<(), ProjectStepError> {
    let Some(mut books) = tx.books_for_update(project).await? else {
        return Ok(());
    };
    if books.phase == Phase::Cancelled {
        return Ok(());
    }
    books.cancel()?;
    Ok(tx.save_books(&books).await?)
}

async fn books(tx: &mut dyn Tx, project: ProjectId) -> Result<Books, ProjectStepError> {
    let books = tx.books_for_update(project).await?;
    books.ok_or(ProjectStepError::NoBooks)
}
