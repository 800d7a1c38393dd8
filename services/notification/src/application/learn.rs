//! Who takes part in what: learned from events, in whatever order they come.

use ids::{ParticipationId, ProjectId, UserId};
use uow::StoreError;

use super::ports::Tx;

/// A project has an owner, and perhaps a name already.
pub async fn project_known(
    tx: &mut dyn Tx,
    project: ProjectId,
    owner: UserId,
    name: &str,
) -> Result<(), StoreError> {
    tx.keep_project(project, name).await?;
    tx.seat_owner(project, owner).await?;
    catch_up(tx, project).await
}

/// Somebody takes part from now on.
pub async fn joined(
    tx: &mut dyn Tx,
    project: ProjectId,
    user: UserId,
    participation: ParticipationId,
) -> Result<(), StoreError> {
    tx.seat(project, user, participation).await?;
    catch_up(tx, project).await
}

/// Tells the project's news to whoever of its circle has not heard it.
pub(super) async fn catch_up(tx: &mut dyn Tx, project: ProjectId) -> Result<(), StoreError> {
    for (user, told) in tx.untold(project).await? {
        tx.add(user, &told).await?;
    }
    Ok(())
}
