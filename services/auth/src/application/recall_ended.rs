//! After a start, tokens of sessions that ended just before are still refused.

use uow::StoreError;

use super::App;
use crate::domain::ACCESS_LIFE;

/// Says again which sessions have ended while their last token lives.
pub async fn recall_ended(app: &App) -> Result<(), StoreError> {
    for session in app
        .store
        .ended_since(clock::real_now() - ACCESS_LIFE)
        .await?
    {
        (app.on_ended)(session);
    }
    Ok(())
}
