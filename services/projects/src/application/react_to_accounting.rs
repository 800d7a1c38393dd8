//! What Accounting says about the money of a project.

use ids::{ParticipationId, ProjectId};
use money::Money;
use settlement::RunKind;
use uow::StoreError;

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
    /// It is made, or taken back.
    DisbursementEnded,
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
    let mut facts = Vec::new();
    match word {
        AccountingWord::EscrowChanged(capital) => facts.extend(project.escrow_changed(capital)?),
        AccountingWord::SnapshotFrozen(version) => project.snapshot_frozen(version),
        AccountingWord::DisbursementRequested => project.disbursement_requested(),
        AccountingWord::DisbursementEnded => project.disbursement_ended()?,
        AccountingWord::RunPosted(kind) => facts = project.run_posted(kind)?,
    }
    Ok(tx.save(&project, &facts).await?)
}

/// A participation's money is free, or paid back; whether that is one of a cancelled project's
/// refunds is Participation's word, which may come later.
pub async fn money_returned(
    tx: &mut dyn Tx,
    project: ProjectId,
    participation: ParticipationId,
) -> Result<(), StoreError> {
    tx.keep_return(project, participation).await
}
