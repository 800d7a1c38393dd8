//! An admin moves business time forward, for every service: demo and test configurations only.

use authz::Actor;
use time::OffsetDateTime;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::App;

/// Ten years at once, and not more.
const MOST_S: i64 = 10 * 366 * 86_400;

/// Why time was not moved.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceBusinessTimeError {
    /// This is no demo.
    #[error("business time can't be moved here")]
    Fixed,
    /// Back, or too far.
    #[error("move it by 1 to {MOST_S} seconds")]
    OutOfRange,
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers the offset since the beginning, and business time now.
#[tracing::instrument(name = "projects.advance_business_time", skip_all)]
pub async fn advance_business_time(
    app: &App,
    actor: &Actor,
    key: String,
    seconds: i64,
) -> Result<(i64, OffsetDateTime), AdvanceBusinessTimeError> {
    if !app.demo_time {
        return Err(AdvanceBusinessTimeError::Fixed);
    }
    if !(1..=MOST_S).contains(&seconds) {
        return Err(AdvanceBusinessTimeError::OutOfRange);
    }
    let key = IdempotencyKey::try_new("advance_business_time", key, &seconds)?;
    let mut tx = app.store.begin(actor).await?;
    let offset_s = if let Some(answer) = tx.answer_to(&key).await? {
        answer.parse().map_err(StoreError::failed)?
    } else {
        let offset_s = tx.add_business_time(seconds).await?;
        tx.remember(&key, &offset_s.to_string()).await?;
        tx.commit().await?;
        offset_s
    };
    Ok((offset_s, app.reads.business_now(actor).await?))
}
