//! The documents of a project that somebody may open, each with its address.

use authz::{Actor, Role};
use blob::{Media, Stored};
use ids::ProjectId;
use uow::StoreError;

use crate::application::{App, queries};
use crate::domain::{Document, Reader};

/// Staff open everything.
const STAFF: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];

/// Oldest first, with addresses that hold for five minutes; nothing of a project that the actor
/// does not see.
pub async fn documents(
    app: &App,
    actor: &Actor,
    id: ProjectId,
) -> Result<Vec<(Document, String)>, StoreError> {
    if queries::project(app, actor, id).await?.is_none() {
        return Ok(Vec::new());
    }
    let (owner, participants, all) = app.reads.documents(actor, id).await?;
    let is_staff = actor.has_one_of(STAFF);
    let reader = Reader::of(actor.user(), is_staff, (owner, &participants));
    let opened = all
        .into_iter()
        .filter(|one| reader.may_open(one.visibility));
    Ok(opened.map(|one| addressed(app, one)).collect())
}

fn addressed(app: &App, document: Document) -> (Document, String) {
    let file = &document.file;
    let stored = Stored {
        key: file.key.clone(),
        sha256: file.sha256,
        media: Media::of_mime(&file.media_type).unwrap_or(Media::Html),
        length: file.length.try_into().unwrap_or_default(),
    };
    let url = app.blobs.download_url(&stored, &document.title);
    (document, url)
}
