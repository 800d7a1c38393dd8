//! Snapshot v1 is frozen when both halves are there: what Projects approved and what Participation
//! sealed. They arrive in any order; the lock of the project's books sets them one after the other.

use std::fmt::Write as _;

use ids::ProjectId;
use settlement::ShareType;
use time::format_description::well_known::Rfc3339;
use uow::StoreError;

use super::canonical::hash;
use super::ports::Tx;
use crate::domain::{ApprovedProject, Books, FreezeRefusal, Phase, SealedList, Snapshot};

/// Why the halves cannot be followed: they contradict each other or the books, and are for a person
/// to look at.
#[derive(Debug, thiserror::Error)]
pub enum FreezeSnapshotError {
    /// The project has no books.
    #[error("the project has no books")]
    NoBooks,
    /// The list that arrived is not the one whose hash was sealed.
    #[error("the sealed list does not have the hash that it was sealed with")]
    AnotherList,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] FreezeRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Projects approved.
pub async fn project_approved(
    tx: &mut dyn Tx,
    approved: &ApprovedProject,
) -> Result<(), FreezeSnapshotError> {
    let books = books(tx, approved.project).await?;
    tx.add_approval(approved).await?;
    freeze(tx, books).await
}

/// Participation sealed.
pub async fn offering_sealed(
    tx: &mut dyn Tx,
    sealed: &SealedList,
) -> Result<(), FreezeSnapshotError> {
    if list_hash(sealed)? != sealed.hash {
        return Err(FreezeSnapshotError::AnotherList);
    }
    let books = books(tx, sealed.project).await?;
    tx.add_seal(sealed).await?;
    freeze(tx, books).await
}

/// Of a project that was cancelled meanwhile nothing is frozen.
async fn freeze(tx: &mut dyn Tx, mut books: Books) -> Result<(), FreezeSnapshotError> {
    if books.phase == Phase::Cancelled {
        return Ok(());
    }
    let approved = tx.approval(books.project).await?;
    let (Some(approved), Some(sealed)) = (approved, tx.seal(books.project).await?) else {
        return Ok(());
    };
    let snapshot = Snapshot::freeze(approved, sealed, &mut books)?;
    tx.save_books(&books).await?;
    Ok(tx.add_snapshot(&snapshot).await?)
}

async fn books(tx: &mut dyn Tx, project: ProjectId) -> Result<Books, FreezeSnapshotError> {
    let books = tx.books_for_update(project).await?;
    books.ok_or(FreezeSnapshotError::NoBooks)
}

/// The hash of a list as Participation makes it: of its lines `id|investor|minor|type|approved_at`.
fn list_hash(sealed: &SealedList) -> Result<String, StoreError> {
    let mut text = String::new();
    for stake in &sealed.participations {
        let share = match stake.share {
            ShareType::Products => "PRODUCTS",
            ShareType::ProfitOnly => "PROFIT_ONLY",
        };
        let (id, investor) = (stake.participation, stake.investor);
        let minor = stake.amount.minor();
        let at = stake.approved_at.format(&Rfc3339);
        let at = at.map_err(StoreError::failed)?;
        writeln!(text, "{id}|{investor}|{minor}|{share}|{at}").expect("a string takes every text");
    }
    Ok(hash(&text))
}
