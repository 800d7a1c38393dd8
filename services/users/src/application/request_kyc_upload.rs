//! A person asks where to send a paper's file.

use authz::Actor;

use super::ports::Ticket;
use super::{App, UsersError};

/// Changes nothing: the address itself says what it is for, and holds for five minutes.
#[tracing::instrument(name = "users.request_kyc_upload", skip_all)]
pub fn request_kyc_upload(
    app: &App,
    actor: &Actor,
    (media_type, length): (&str, i64),
) -> Result<Ticket, UsersError> {
    let user = actor.user().ok_or(UsersError::Forbidden)?;
    Ok(app.files.ticket(user, media_type, length)?)
}
