//! Administrators issue and revoke machines' credentials.

use authz::{Actor, Role};
use ids::UserId;
use text::Rule;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::App;
use super::tokens::digest;
use crate::domain::Machine;

/// The longest name.
const NAME_CHARS_MAX: usize = 80;

/// Why no credential was issued or revoked.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// Only administrators may.
    #[error("this is not yours to decide")]
    Forbidden,
    /// A machine has a name of 1 to 80 characters.
    #[error("a name of 1 to {NAME_CHARS_MAX} characters is required")]
    NoName,
    /// There is none.
    #[error("there is no service credential {0}")]
    NoSuchCredential(UserId),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn admin(actor: &Actor) -> Result<UserId, MachineError> {
    let admin = actor.user().filter(|_| actor.has(Role::Admin));
    admin.ok_or(MachineError::Forbidden)
}

/// All of them; for administrators.
#[tracing::instrument(name = "auth.service_credentials", skip_all)]
pub async fn service_credentials(app: &App, actor: &Actor) -> Result<Vec<Machine>, MachineError> {
    admin(actor)?;
    let mut tx = app.store.begin(actor).await?;
    Ok(tx.machines().await?)
}

/// Issues one, with its secret: that is told this once. Repeated, the same credential is answered
/// without it.
#[tracing::instrument(name = "auth.issue_service_credential", skip_all)]
pub async fn issue_service_credential(
    app: &App,
    actor: &Actor,
    key: String,
    name: &str,
) -> Result<(Machine, Option<String>), MachineError> {
    let issued_by = admin(actor)?;
    let name = Rule::line("name", NAME_CHARS_MAX).read(name);
    let name = name.map_err(|_| MachineError::NoName)?;
    let key = IdempotencyKey::try_new("issue_service_credential", key, &name)?;
    let mut tx = app.store.begin(actor).await?;
    tx.account_for_update(issued_by).await?;
    if let Some(earlier) = tx.answer_to(&key).await? {
        let all = tx.machines().await?;
        let known = all.into_iter().find(|one| one.id.to_string() == earlier);
        let gone = || StoreError::failed("a remembered credential is gone");
        return Ok((known.ok_or_else(gone)?, None));
    }
    let secret = app.vault.secret();
    let machine = Machine {
        id: UserId::new(),
        name,
        secret: digest(&secret),
        issued_by,
        issued_at: clock::real_now(),
        revoked_at: None,
    };

    tx.issue_machine(&machine).await?;
    tx.remember(&key, &machine.id.to_string()).await?;
    tx.commit().await?;
    Ok((machine, Some(secret)))
}

/// Revokes one; its tokens are refused at once. A second time changes nothing.
#[tracing::instrument(name = "auth.revoke_service_credential", skip_all)]
pub async fn revoke_service_credential(
    app: &App,
    actor: &Actor,
    key: String,
    id: UserId,
) -> Result<Machine, MachineError> {
    let by = admin(actor)?;
    let key = IdempotencyKey::try_new("revoke_service_credential", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let machine = tx.machine_for_update(id).await?;
    let mut machine = machine.ok_or(MachineError::NoSuchCredential(id))?;
    if machine.revoked_at.is_some() || tx.answer_to(&key).await?.is_some() {
        return Ok(machine);
    }
    machine.revoked_at = Some(clock::real_now());

    tx.revoke_machine(&machine, by).await?;
    tx.remember(&key, "").await?;
    tx.commit().await?;
    (app.on_ended)(machine.session());
    Ok(machine)
}
