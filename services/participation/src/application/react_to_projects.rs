//! What the life of a project means for its offering and its participations.

use ids::{ProjectId, UserId};
use money::Money;
use uow::StoreError;

use super::ports::Tx;
use crate::domain::{
    CancelledFrom, Change, Offering, Participation, ParticipationState, Refusal, Terms,
};

/// Why a project's step could not be followed: it contradicts what is known.
#[derive(Debug, thiserror::Error)]
pub enum ProjectStepError {
    /// Never opened here.
    #[error("there is no offering of project {0}")]
    NoSuchOffering(ProjectId),
    /// Out of order.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Funding was opened: there is an offering from here on.
pub async fn funding_opened(
    tx: &mut dyn Tx,
    project: ProjectId,
    owner: UserId,
    goal: Money,
    terms: Terms,
) -> Result<(), ProjectStepError> {
    let offering = Offering::open(project, owner, goal, terms)?;
    Ok(tx.open_offering(&offering).await?)
}

/// The project was approved: everybody on the sealed list is in it.
pub async fn project_approved(tx: &mut dyn Tx, project: ProjectId) -> Result<(), ProjectStepError> {
    let (offering, participations) = everybody(tx, project, ParticipationState::Approved).await?;
    for mut participation in participations {
        let fact = offering.activate(&mut participation)?;
        tx.save(&offering, &participation, fact.into()).await?;
    }
    Ok(())
}

/// The final run was posted.
pub async fn project_settled(tx: &mut dyn Tx, project: ProjectId) -> Result<(), ProjectStepError> {
    let (offering, participations) = everybody(tx, project, ParticipationState::Active).await?;
    for mut participation in participations {
        let fact = participation.settle()?;
        tx.save(&offering, &participation, fact.into()).await?;
    }
    Ok(())
}

/// The project was cancelled. One that never was funded has no offering: nothing is to be done.
pub async fn project_cancelled(
    tx: &mut dyn Tx,
    project: ProjectId,
    from: CancelledFrom,
    reason: &str,
) -> Result<(), ProjectStepError> {
    let Some(mut offering) = tx.offering_for_update(project).await? else {
        return Ok(());
    };
    offering.close()?;
    tx.save_closed(&offering, reason).await?;
    for mut participation in tx.participations(&offering).await? {
        let change = offering.cancel(&mut participation, from);
        if change != Change::default() {
            tx.save(&offering, &participation, change).await?;
        }
    }
    Ok(())
}

async fn everybody(
    tx: &mut dyn Tx,
    project: ProjectId,
    state: ParticipationState,
) -> Result<(Offering, Vec<Participation>), ProjectStepError> {
    let offering = tx.offering_for_update(project).await?;
    let offering = offering.ok_or(ProjectStepError::NoSuchOffering(project))?;
    let mut participations = tx.participations(&offering).await?;
    participations.retain(|participation| participation.state == state);
    Ok((offering, participations))
}
