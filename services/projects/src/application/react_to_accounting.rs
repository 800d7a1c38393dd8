//! What Accounting says about the money of a project.

use ids::ProjectId;
use money::Money;
use settlement::RunKind;

use super::StepError;
use super::command::followed;
use super::ports::Tx;

/// Accounting's word about one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountingWord {
    /// What stands in `escrow:capital`, while the project is funded.
    EscrowChanged(Money),
    /// This version is frozen.
    SnapshotFrozen(i64),
    /// The owner asks for a payment.
    DisbursementRequested,
    /// It is made.
    DisbursementPaid,
    /// A settlement took effect.
    RunPosted(RunKind),
}

/// Follows Accounting's word.
pub async fn accounting_said(
    tx: &mut dyn Tx,
    id: ProjectId,
    word: AccountingWord,
) -> Result<(), StepError> {
    let mut project = followed(tx, id).await?;
    let fact = match word {
        AccountingWord::EscrowChanged(capital) => project.escrow_changed(capital)?,
        AccountingWord::SnapshotFrozen(version) => {
            project.snapshot_frozen(version);
            None
        }
        AccountingWord::DisbursementRequested => {
            project.disbursement_requested();
            None
        }
        AccountingWord::DisbursementPaid => {
            project.disbursement_paid()?;
            None
        }
        AccountingWord::RunPosted(kind) => project.run_posted(kind)?,
    };
    Ok(tx.save(&project, fact.as_slice()).await?)
}
