//! What can never be redeemed again is forgotten.

use uow::StoreError;

use super::App;
use crate::domain::SESSION_LIFE;

/// Deletes the codes and tokens of sessions that are over by age; how many. Sessions stay: the
/// record names them.
pub async fn forget_past(app: &App) -> Result<u64, StoreError> {
    app.store.forget(clock::real_now() - SESSION_LIFE).await
}
