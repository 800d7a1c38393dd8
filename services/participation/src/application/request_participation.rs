//! An investor asks for a share of a project.

use authz::Actor;
use ids::{ParticipationId, ProjectId};
use money::Money;
use serde::Serialize;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::App;
use super::agreement::verified;
use crate::domain::{Participation, Refusal, Request, ShareType, Signature, Signer};

/// What is asked for, in the caller's own name.
#[derive(Clone, Debug, Serialize)]
pub struct RequestParticipation {
    /// Of which project.
    pub project: ProjectId,
    /// How much.
    pub amount: Money,
    /// Goods or profit.
    pub share_type: ShareType,
    /// Whether less will do when less is left.
    pub allow_partial: bool,
    /// Whether to wait for room where there is not enough.
    pub join_waiting_list: bool,
    /// Which agreement was signed.
    pub signature: Signature,
}

/// Why there is no participation.
#[derive(Debug, thiserror::Error)]
pub enum RequestParticipationError {
    /// Only a person takes part.
    #[error("only a person can take part")]
    Forbidden,
    /// Not open for funding, or unknown.
    #[error("there is no offering of project {0}")]
    NoSuchOffering(ProjectId),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets room aside, and the hold is placed by Accounting; without room, gives a place in the
/// waiting list to whoever wants one. The same key gets the same participation, as it stands now.
#[tracing::instrument(name = "participation.request_participation", skip_all)]
pub async fn request_participation(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: RequestParticipation,
) -> Result<Participation, RequestParticipationError> {
    let investor = actor.user().ok_or(RequestParticipationError::Forbidden)?;
    let key = IdempotencyKey::try_new("request_participation", key, &cmd)?;
    let mut tx = app.store.begin(actor).await?;
    let offering = tx.offering_for_update(cmd.project).await?;
    let mut offering = offering.ok_or(RequestParticipationError::NoSuchOffering(cmd.project))?;
    if let Some(answer) = tx.answer_to(&key).await? {
        let id = answer.parse().map_err(StoreError::failed)?;
        let earlier = tx.participation_for_update(id).await?;
        let (_, participation) =
            earlier.ok_or_else(|| StoreError::failed("the answer names no participation"))?;
        return Ok(participation);
    }
    tx.lock_exposures(&offering, &[investor]).await?;
    let standing = tx.standing(&offering, investor).await?;
    let RequestParticipation {
        project: _,
        amount,
        share_type,
        allow_partial,
        join_waiting_list,
        signature,
    } = cmd;
    let id = ParticipationId::new();
    let request = Request {
        id,
        investor,
        amount,
        share_type,
        allow_partial,
        join_waiting_list,
        signature: signature.clone(),
    };
    let signer = Signer {
        investor,
        amount,
        share_type,
    };

    let (participation, change) = offering.request(request, standing, tx.now())?;
    let agreement = verified(&offering, signer, &signature, tx.now())?;

    tx.save(&offering, &participation, change).await?;
    tx.keep_agreement(id, &agreement).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(participation)
}
