//! The key information sheet: issued by a worker once a project is shown and after each material
//! change, read by everybody who sees the project.

use std::collections::BTreeMap;

use authz::Actor;
use blob::{BlobError, Media, Stored};
use ids::{EventId, ProjectId, TenantId};
use strum::IntoEnumIterator as _;
use time::OffsetDateTime;
use uow::StoreError;

use super::ports::ProjectView;
use super::{App, queries};
use crate::domain::{Language, Sheets, Subject, Unforeseeable, render};

/// Why a sheet was not issued; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum KeyInformationError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The object store did not take it.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// It can't be worked out.
    #[error(transparent)]
    Unforeseeable(#[from] Unforeseeable),
}

/// Issues what is wanted and not there. Answers how many versions.
pub async fn issue_key_information(app: &App) -> Result<usize, KeyInformationError> {
    let mut issued = 0;
    for (tenant, project) in app.store.uninformed_projects().await? {
        issued += usize::from(issue(app, tenant, project).await?);
    }
    Ok(issued)
}

/// The documents are kept before the row that names them: what a row names is always there.
async fn issue(app: &App, tenant: TenantId, id: ProjectId) -> Result<bool, KeyInformationError> {
    let actor = Actor::service("projects", tenant, EventId::new().as_uuid());
    let Some(ProjectView {
        project, changes, ..
    }) = app.reads.project(&actor, id).await?
    else {
        return Ok(false);
    };
    let mut records = app.reads.track_records(&actor, &[project.owner]).await?;
    let record = records.remove(&project.owner).unwrap_or_default();
    let latest = app.reads.key_information(&actor, id, None).await?;
    let version = latest.map_or(0, |sheets| sheets.version) + 1;
    // Somebody else was faster: nothing is written that no row would name.
    if version > project.key_information_wanted {
        return Ok(false);
    }
    // Dated by what it tells: two replicas at once write the same bytes.
    let told = changes.last().map(|change| change.notified_at);
    let Some(at) = told.or(project.published_at) else {
        return Ok(false);
    };
    let subject = Subject {
        project: &project,
        changes: &changes,
        record: &record,
        version,
        at,
    };
    let mut files = BTreeMap::new();
    for language in Language::iter() {
        let page = render(subject, language)?.into_bytes();
        let kept = app.blobs.keep("projects", Media::Html, page.into()).await?;
        files.insert(language.to_string(), super::papers::file(kept));
    }

    let mut tx = app.store.begin(&actor).await?;
    let locked = tx.project_for_update(id).await?;
    let is_wanted = locked.is_some_and(|project| project.key_information_wanted >= version);
    if !is_wanted || tx.key_information_version(id).await? + 1 != version {
        return Ok(false);
    }
    let sheets = Sheets {
        version,
        issued_at: at,
        files,
    };
    tx.add_key_information(id, &sheets).await?;
    tx.commit().await?;
    Ok(true)
}

/// One language's document and where it is for five minutes.
#[derive(Clone, Debug)]
pub struct Shown {
    /// `es` or `en`.
    pub language: String,
    /// SHA-256 of the document.
    pub sha256: [u8; 32],
    /// Its address.
    pub url: String,
}

/// The newest version, or another one, of a project that the actor sees.
pub async fn key_information(
    app: &App,
    actor: &Actor,
    (id, version): (ProjectId, Option<u32>),
) -> Result<Option<(u32, OffsetDateTime, Vec<Shown>)>, StoreError> {
    if queries::project(app, actor, id).await?.is_none() {
        return Ok(None);
    }
    let Some(sheets) = app.reads.key_information(actor, id, version).await? else {
        return Ok(None);
    };
    let shown = sheets.files.into_iter().map(|(language, file)| {
        let name = format!("key-information-{}-{language}.html", sheets.version);
        let stored = Stored {
            key: file.key,
            sha256: file.sha256,
            media: Media::Html,
            length: file.length.try_into().unwrap_or_default(),
        };
        Shown {
            url: app.blobs.download_url(&stored, &name),
            sha256: stored.sha256,
            language,
        }
    });
    Ok(Some((sheets.version, sheets.issued_at, shown.collect())))
}
