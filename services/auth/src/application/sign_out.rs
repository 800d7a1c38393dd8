//! A person ends the session of their browser, and with it every token that came from it.

use authz::Actor;
use uow::StoreError;

use super::App;
use super::tokens::digest;
use crate::domain::Ended;

/// Ends the session of the cookie, if there is one.
#[tracing::instrument(name = "auth.sign_out", skip_all)]
pub async fn sign_out(app: &App, actor: &Actor, browser: &str) -> Result<(), StoreError> {
    let mut tx = app.store.begin(actor).await?;
    if let Some(mut session) = tx.browser_session_for_update(digest(browser)).await? {
        session.end(Ended::SignedOut, clock::real_now());
        tx.save_session(&session).await?;
        tx.commit().await?;
        (app.on_ended)(session.id);
    }
    Ok(())
}
