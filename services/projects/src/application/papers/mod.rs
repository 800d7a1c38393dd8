//! The use cases of images and documents: bytes go to the object store, before any row.

pub mod attach_document;
pub mod documents;
pub mod ports;
pub mod remove_image;
pub mod request_upload;

use blob::{Media, Stored};
use ids::{ProjectId, UserId};

use crate::domain::{DocumentKind, File};

/// What an upload is for: nobody else can use it, and for nothing else.
fn scope(project: ProjectId, person: UserId) -> String {
    format!("projects/{project}/{person}")
}

/// What a file of this kind may be.
fn media(kind: DocumentKind) -> &'static [Media] {
    match kind {
        DocumentKind::Image => Media::IMAGES,
        DocumentKind::Invoice
        | DocumentKind::Proforma
        | DocumentKind::Contract
        | DocumentKind::BillOfLading
        | DocumentKind::CustomsDeclaration
        | DocumentKind::Certificate
        | DocumentKind::Other => Media::DOCUMENTS,
    }
}

/// What a row says of a kept object.
pub(super) fn file(stored: Stored) -> File {
    let Stored {
        key,
        sha256,
        media,
        length,
    } = stored;
    File {
        key,
        sha256,
        media_type: media.mime().to_owned(),
        length: length.try_into().unwrap_or(i64::MAX),
    }
}
