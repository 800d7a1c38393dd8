//! What Participation says: who takes part, and how the round goes.

use ids::{ParticipationId, ProjectId};
use money::Money;
use sha2::{Digest as _, Sha256};

use super::StepError;
use super::command::followed;
use super::ports::Tx;
use crate::domain::{Participant, ParticipantState, Refusal, Seal, SealedEntry};

/// Somebody asks for a share.
pub async fn participation_requested(
    tx: &mut dyn Tx,
    participant: &Participant,
) -> Result<(), StepError> {
    let project = followed(tx, participant.project).await?;
    if participant.amount.currency() != project.currency() {
        return Err(Refusal::EscrowDiffers.into());
    }
    Ok(tx.add_participant(participant).await?)
}

/// A participation stands elsewhere now.
pub async fn participation_moved(
    tx: &mut dyn Tx,
    project: ProjectId,
    id: ParticipationId,
    state: ParticipantState,
) -> Result<(), StepError> {
    followed(tx, project).await?;
    if tx.move_participant(id, state).await? {
        Ok(())
    } else {
        Err(Refusal::NoSuchParticipation.into())
    }
}

/// Approved participations equal the goal.
pub async fn offering_filled(
    tx: &mut dyn Tx,
    id: ProjectId,
    approved: Money,
) -> Result<(), StepError> {
    let mut project = followed(tx, id).await?;
    let facts = project.filled(approved, tx.now())?;
    Ok(tx.save(&project, &facts).await?)
}

/// They do not any more.
pub async fn offering_reopened(tx: &mut dyn Tx, id: ProjectId) -> Result<(), StepError> {
    let mut project = followed(tx, id).await?;
    let fact = project.reopened()?;
    Ok(tx.save(&project, fact.as_slice()).await?)
}

/// The round's deadline passed below the goal.
pub async fn deadline_missed(tx: &mut dyn Tx, id: ProjectId) -> Result<(), StepError> {
    let mut project = followed(tx, id).await?;
    let fact = project.deadline_missed()?;
    Ok(tx.save(&project, fact.as_slice()).await?)
}

/// The project was cancelled, and Participation has told its refunds.
pub async fn offering_closed(
    tx: &mut dyn Tx,
    id: ProjectId,
    refunds: u64,
) -> Result<(), StepError> {
    let mut project = followed(tx, id).await?;
    project.refunds_expected = Some(refunds);
    Ok(tx.save(&project, &[]).await?)
}

/// The list as it was sealed, with the very text that its hash was made of.
#[derive(Clone, Debug)]
pub struct SealedOffering {
    /// The total and the hash.
    pub seal: Seal,
    /// The list.
    pub entries: Vec<SealedEntry>,
    /// `id|investor|minor|type|approved_at` and a line feed of each entry, in the list's order.
    pub lines: Vec<String>,
}

/// Nobody withdraws any more. Refuses a list that is not what its hash and its total say.
pub async fn offering_sealed(
    tx: &mut dyn Tx,
    id: ProjectId,
    sealed: SealedOffering,
) -> Result<(), StepError> {
    let SealedOffering {
        seal,
        entries,
        lines,
    } = sealed;
    let mut project = followed(tx, id).await?;
    let text = lines.concat();
    let digest: [u8; 32] = Sha256::digest(text).into();
    let hash = hex::encode(digest);
    let total = Money::sum(entries.iter().map(|entry| entry.amount), project.currency());
    if hash != seal.list_hash || total != Ok(seal.total) {
        return Err(Refusal::SealBroken.into());
    }
    project.sealed(seal)?;
    tx.keep_sealed_list(id, &entries).await?;
    Ok(tx.save(&project, &[]).await?)
}
