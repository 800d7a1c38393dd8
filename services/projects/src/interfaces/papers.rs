//! The rpcs of images and documents.

use authz::Actor;
use blob::Ticket;
use clock::to_text;
use contracts::projects as pb;
use ids::ProjectId;
use link::fault;
use tonic::Status;

use super::convert::optional;
use super::grpc::shown;
use crate::application::App;
use crate::application::papers::attach_document::{self as attach, AttachDocument};
use crate::application::papers::documents::documents;
use crate::application::papers::remove_image::remove_image as remove;
use crate::application::papers::request_upload::request_upload as ask;
use crate::domain::{Document, File, Label};

pub(super) async fn request_upload(
    app: &App,
    actor: &Actor,
    request: pb::RequestUploadRequest,
) -> Result<pb::RequestUploadReply, Status> {
    let pb::RequestUploadRequest {
        project_id,
        kind,
        media_type,
        length,
    } = request;
    let what = (
        link::read(&project_id, "project_id")?,
        link::read(&kind, "kind")?,
    );
    let length = length.try_into().unwrap_or_default();
    let Ticket {
        upload_id,
        url,
        expires_at,
    } = ask(app, actor, what, (&media_type, length)).await?;
    Ok(pb::RequestUploadReply {
        upload_id,
        url,
        expires_at: to_text(expires_at),
    })
}

pub(super) async fn attach_document(
    app: &App,
    actor: &Actor,
    request: pb::AttachDocumentRequest,
) -> Result<pb::AttachDocumentReply, Status> {
    let pb::AttachDocumentRequest {
        idempotency_key,
        project_id,
        upload_id,
        kind,
        title,
        visibility,
        supersedes,
    } = request;
    let project: ProjectId = link::read(&project_id, "project_id")?;
    let label = Label {
        kind: link::read(&kind, "kind")?,
        title,
        visibility: link::read(&visibility, "visibility")?,
        supersedes: optional(&supersedes, "supersedes")?,
    };
    let cmd = AttachDocument {
        project,
        upload: upload_id,
        label,
    };
    let document = attach::attach_document(app, actor, idempotency_key, cmd).await?;
    Ok(pb::AttachDocumentReply {
        project: Some(shown(app, actor, project).await?),
        document_id: document.to_string(),
    })
}

pub(super) async fn remove_image(
    app: &App,
    actor: &Actor,
    request: pb::RemoveImageRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::RemoveImageRequest {
        idempotency_key,
        project_id,
        document_id,
    } = request;
    let project: ProjectId = link::read(&project_id, "project_id")?;
    let image = link::read(&document_id, "document_id")?;
    remove(app, actor, idempotency_key, (project, image)).await?;
    let project = Some(shown(app, actor, project).await?);
    Ok(pb::ProjectReply { project })
}

pub(super) async fn document_list(
    app: &App,
    actor: &Actor,
    request: pb::DocumentListRequest,
) -> Result<pb::DocumentListReply, Status> {
    let pb::DocumentListRequest { project_id } = request;
    let found = documents(app, actor, link::read(&project_id, "project_id")?).await;
    let found = found.map_err(|err| fault(&err))?;
    Ok(pb::DocumentListReply {
        documents: found.into_iter().map(document).collect(),
    })
}

fn document((document, url): (Document, String)) -> pb::Document {
    let Document {
        id,
        kind,
        title,
        visibility,
        file,
        attached_at,
        supersedes,
    } = document;
    let File {
        key: _,
        sha256,
        media_type,
        length,
    } = file;
    pb::Document {
        document_id: id.to_string(),
        kind: kind.to_string(),
        title,
        visibility: visibility.to_string(),
        sha256: hex::encode(sha256),
        media_type,
        length,
        attached_at: to_text(attached_at),
        supersedes: supersedes.map(|old| old.to_string()).unwrap_or_default(),
        url,
    }
}
