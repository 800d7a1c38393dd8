//! What a person wants to be told, and where.

use authz::Actor;
use ids::UserId;
use strum::IntoEnumIterator as _;
use uow::{IdempotencyKey, StoreError};

use super::App;
use super::inbox::InboxError;
use super::ports::Tx;
use crate::domain::{Channel, Kind};

/// Where one kind is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Of notices.
    pub kind: Kind,
    /// On the platform.
    pub inbox: bool,
    /// By mail.
    pub mail: bool,
}

/// The caller's own, of every kind.
#[tracing::instrument(name = "notification.preferences", skip_all)]
pub async fn preferences(app: &App, actor: &Actor) -> Result<Vec<Preference>, InboxError> {
    let user = actor.user().ok_or(InboxError::Forbidden)?;
    let mut tx = app.store.begin(actor).await?;
    Ok(all(&mut *tx, user).await?)
}

/// Switches kinds off or on, all of them or none. Holds for what happens from now on.
#[tracing::instrument(name = "notification.set_preferences", skip_all)]
pub async fn set_preferences(
    app: &App,
    actor: &Actor,
    key: String,
    switches: &[(Kind, Channel, bool)],
) -> Result<Vec<Preference>, InboxError> {
    let user = actor.user().ok_or(InboxError::Forbidden)?;
    let required = switches
        .iter()
        .find(|(kind, _, on)| !on && kind.is_required());
    if let Some((kind, _, _)) = required {
        return Err(InboxError::Required(*kind));
    }
    let request: Vec<_> = switches
        .iter()
        .map(|(kind, channel, on)| (kind.to_string(), channel.to_string(), on))
        .collect();
    let key = IdempotencyKey::try_new("set_notification_preferences", key, &request)?;
    let mut tx = app.store.begin(actor).await?;
    if tx.answer_to(&key).await?.is_none() {
        for (kind, channel, on) in switches {
            tx.switch(user, (*kind, *channel), *on).await?;
        }
        tx.preferences_set(user).await?;
        tx.remember(&key, "").await?;
    }
    let preferences = all(&mut *tx, user).await?;
    tx.commit().await?;
    Ok(preferences)
}

async fn all(tx: &mut dyn Tx, user: UserId) -> Result<Vec<Preference>, StoreError> {
    let off = tx.switched_off(user).await?;
    let is_on = |kind, channel| !off.contains(&(kind, channel));
    let each = Kind::iter().map(|kind| Preference {
        kind,
        inbox: is_on(kind, Channel::Inbox),
        mail: is_on(kind, Channel::Mail),
    });
    Ok(each.collect())
}
