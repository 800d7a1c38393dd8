//! What the life of a project means for its offering and its participations.

use ids::{ProjectId, UserId};
use money::Money;
use uow::StoreError;

use super::ports::Tx;
use crate::domain::{
    CancelledFrom, Change, Offering, Participation, ParticipationFact, ParticipationState, Refusal,
    Renewal, Terms,
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
    let mut offering = Offering::open(project, owner, goal, terms)?;
    offering.suspend(tx.is_suspended(project).await?);
    Ok(tx.open_offering(&offering).await?)
}

/// An admin suspended the project or lets it go on; kept where there is no offering yet.
pub async fn flag_set(
    tx: &mut dyn Tx,
    project: ProjectId,
    suspended: bool,
) -> Result<(), ProjectStepError> {
    tx.keep_suspended(project, suspended).await?;
    let Some(mut offering) = tx.offering_for_update(project).await? else {
        return Ok(());
    };
    offering.suspend(suspended);
    tx.save_offering(&offering).await?;
    if suspended {
        return Ok(());
    }
    // The owner's own stake waits for nothing else.
    for mut one in tx.participations(&offering).await? {
        if one.owner_stake
            && let Ok(change) = offering.admit_own(&mut one, tx.now())
        {
            tx.save(&offering, &one, change).await?;
        }
    }
    Ok(())
}

/// The project changes materially: whoever is in has to renew until then, as long as the list is
/// not sealed.
pub async fn material_change(
    tx: &mut dyn Tx,
    project: ProjectId,
    renewal: Renewal,
) -> Result<(), ProjectStepError> {
    let Some(offering) = tx.offering_for_update(project).await? else {
        return Ok(());
    };
    for mut one in tx.participations(&offering).await? {
        if offering.ask_to_renew(&mut one, renewal) {
            tx.save(&offering, &one, Change::default()).await?;
        }
    }
    Ok(())
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

/// The project was cancelled: each participation ends with its own event, the offering last, with
/// the number of refunds. One that never was funded has no offering: nothing is to be done.
pub async fn project_cancelled(
    tx: &mut dyn Tx,
    project: ProjectId,
    from: CancelledFrom,
    reason: &str,
) -> Result<(), ProjectStepError> {
    let Some(mut offering) = tx.offering_for_update(project).await? else {
        return Ok(());
    };
    let participations = tx.participations(&offering).await?;
    let mut investors: Vec<_> = participations.iter().map(|one| one.investor).collect();
    investors.sort_unstable();
    investors.dedup();
    tx.lock_exposures(&offering, &investors).await?;
    offering.close();
    let mut refunds = 0;
    for mut participation in participations {
        let change = offering.cancel(&mut participation, from);
        if change != Change::default() {
            tx.save(&offering, &participation, change).await?;
        }
        refunds += i64::from(change == ParticipationFact::Refunded.into());
    }
    Ok(tx.save_closed(&offering, reason, refunds).await?)
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
