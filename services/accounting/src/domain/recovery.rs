//! A recovery: what comes back to a project that is no sale. A tax comes back on a recoverable line
//! and at most what was paid on it; an indemnity or a supplier's refund names its document.

use money::Money;
use strum::{Display, EnumString, IntoStaticStr};

use super::{BooksRefusal, BudgetLine};

/// Who gives it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RecoveryKind {
    /// The authority: a recoverable tax that was paid out of escrow.
    Tax,
    /// An insurer, or whoever did damage.
    Indemnity,
    /// A payee, of what was paid to it.
    SupplierRefund,
}

/// A recovery and the line of the budget that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Who gives it back.
    pub kind: RecoveryKind,
    /// On which line.
    pub line: BudgetLine,
    /// The claim's or credit note's number; a tax may have none.
    pub document: String,
}

/// Why a recovery is not booked; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryRefusal {
    /// No tax comes back on this line.
    #[error("{0} is not a recoverable line")]
    NotRecoverable(String),
    /// More than was paid on the line and has not come back yet.
    #[error("at most {most} can come back on this line")]
    AbovePaid {
        /// What may still come back.
        most: Money,
    },
    /// Without it nobody could tell what came back.
    #[error("the document of an indemnity or a refund is required")]
    NoDocument,
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
}

impl RecoveryRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRecoverable(_) => "not_recoverable",
            Self::AbovePaid { .. } => "recovery_above_paid",
            Self::NoDocument => "no_document",
            Self::Books(books) => books.code(),
        }
    }
}

impl Recovery {
    /// Whether this much may come back. An insurer may pay more than the goods cost; taxes and
    /// suppliers give back at most what they got.
    pub fn check(
        &self,
        amount: Money,
        (paid, recovered): (Money, Money),
    ) -> Result<(), RecoveryRefusal> {
        let line = &self.line;
        match self.kind {
            RecoveryKind::Tax if !line.recoverable => {
                return Err(RecoveryRefusal::NotRecoverable(line.line_name.clone()));
            }
            RecoveryKind::Indemnity | RecoveryKind::SupplierRefund if self.document.is_empty() => {
                return Err(RecoveryRefusal::NoDocument);
            }
            RecoveryKind::Indemnity => return Ok(()),
            RecoveryKind::Tax | RecoveryKind::SupplierRefund => {}
        }
        let most = paid.checked_sub(recovered).map_err(BooksRefusal::from)?;
        if amount.compare(most).map_err(BooksRefusal::from)?.is_gt() {
            return Err(RecoveryRefusal::AbovePaid { most });
        }
        Ok(())
    }
}
