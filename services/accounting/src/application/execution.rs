//! What the commands about a project's escrow have in common: why they are refused, and the way
//! in.

use ids::{ClaimId, DisbursementId, ProjectId, UserId};
use uow::{StoreError, UnusableKey};

use super::ports::{BookingError, Tx};
use crate::domain::{
    Books, BooksRefusal, ClaimRefusal, DisbursementRefusal, RecoveryRefusal, bank_reference,
};

/// Why nothing was done; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ExecutionError {
    /// No such project has books, or it is not the caller's to know of.
    #[error("there are no books of project {0}")]
    NoSuchProject(ProjectId),
    /// There is none, or it is not the caller's to know of.
    #[error("there is no disbursement {0}")]
    NoSuchDisbursement(DisbursementId),
    /// Not reported, or of another project.
    #[error("the project has no claim {0}: a sale or buy-back is matched once it was reported")]
    NoSuchClaim(ClaimId),
    /// It is somebody else's to do.
    #[error("this is not yours to do")]
    Forbidden,
    /// Without a reference nobody could tell one bank movement from another.
    #[error("a bank reference is required, of at most 140 characters")]
    NoReference,
    /// The bank's movement was booked before.
    #[error("this bank reference was booked before")]
    ReferenceUsed,
    /// A recovery says what was recovered.
    #[error("a recovery names the line of the budget that it belongs to")]
    NoLine,
    /// And who gives it back.
    #[error("a recovery is TAX, INDEMNITY or SUPPLIER_REFUND")]
    NoKind,
    /// The rules of recoveries refuse.
    #[error(transparent)]
    Recovery(#[from] RecoveryRefusal),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The rules of disbursements refuse.
    #[error(transparent)]
    Disbursement(#[from] DisbursementRefusal),
    /// The rules of claims refuse.
    #[error(transparent)]
    Claim(#[from] ClaimRefusal),
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
    /// The ledger refuses.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Locks the books of a project.
pub(super) async fn books(tx: &mut dyn Tx, project: ProjectId) -> Result<Books, ExecutionError> {
    let books = tx.books_for_update(project).await?;
    books.ok_or(ExecutionError::NoSuchProject(project))
}

/// Whoever books what concerns a project is not its owner.
pub(super) fn must_not_own(by: UserId, books: &Books) -> Result<(), ExecutionError> {
    if by == books.owner {
        return Err(ExecutionError::Forbidden);
    }
    Ok(())
}

/// The bank's name for a movement, as it is kept.
pub(super) fn reference(given: &str) -> Result<String, ExecutionError> {
    bank_reference(given).ok_or(ExecutionError::NoReference)
}
