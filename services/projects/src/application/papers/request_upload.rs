//! The owner wants to send a file.

use authz::Actor;
use blob::{BlobError, Media, Ticket};
use ids::ProjectId;

use super::{media, scope};
use crate::application::{App, CommandError};
use crate::domain::DocumentKind;

/// Where the bytes go, for five minutes. Only the project's owner may; nothing is stored here.
#[tracing::instrument(name = "projects.request_upload", skip_all)]
pub async fn request_upload(
    app: &App,
    actor: &Actor,
    (id, kind): (ProjectId, DocumentKind),
    (media_type, length): (&str, u64),
) -> Result<Ticket, CommandError> {
    let owner = owner(app, actor, id).await?;
    let wanted = Media::of_mime(media_type).filter(|one| media(kind).contains(one));
    let wanted = wanted.ok_or(BlobError::NotThat {
        expected: media(kind)[0],
        why: "its media type is another one",
    })?;
    Ok(app.blobs.ticket(&scope(id, owner), wanted, length)?)
}

/// The actor, where the project is theirs.
pub(super) async fn owner(
    app: &App,
    actor: &Actor,
    id: ProjectId,
) -> Result<ids::UserId, CommandError> {
    let found = app.reads.project(actor, id).await?;
    let seen = found.filter(|view| crate::application::command::may_see(actor, &view.project));
    let project = seen.ok_or(CommandError::NoSuchProject(id))?.project;
    let person = actor.user().filter(|person| *person == project.owner);
    person.ok_or(CommandError::Forbidden)
}
