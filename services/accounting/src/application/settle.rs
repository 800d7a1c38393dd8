//! What proposing and approving a run have in common: the computation, and why there is no run.

use ids::{ProjectId, RunId};
use settlement::{Run, RunKind};
use uow::{StoreError, UnusableKey};

use super::canonical::{Canonical, canonical};
use super::ports::{Book, BookingError};
use crate::domain::{AccountKey, Books, RunDocument, RunRefusal, SettlementFacts, facts};

/// Why a run is neither proposed nor approved; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// It is for somebody with another role.
    #[error("this is not yours to decide")]
    Forbidden,
    /// The project has no books.
    #[error("there is no project {0}")]
    NoSuchProject(ProjectId),
    /// There is none.
    #[error("there is no run {0}")]
    NoSuchRun(RunId),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// A rule refuses.
    #[error(transparent)]
    Refused(#[from] RunRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What balanced on paper and not in the ledger is a fault: nothing is posted.
impl From<BookingError> for SettleError {
    fn from(error: BookingError) -> Self {
        Self::Store(StoreError::failed(error))
    }
}

/// The run that the facts call for at this moment, and its document.
pub(super) fn compute(
    books: &Books,
    book: &Book,
    known: &SettlementFacts,
    (kind, number): (RunKind, u32),
) -> Result<(Run, Canonical), SettleError> {
    let capital = book.account(AccountKey::EscrowCapital(books.project))?;
    let proceeds = book.account(AccountKey::EscrowProceeds(books.project))?;
    let input = facts(kind, books, (&capital, &proceeds), known)?;
    let run = settlement::propose(&input).map_err(RunRefusal::from)?;
    let snapshot = (known.snapshot_version, known.snapshot_hash.as_str());
    let document = RunDocument::of((books.project, number), snapshot, &input, &run);
    let document = canonical(&document).map_err(StoreError::failed)?;
    Ok((run, document))
}
