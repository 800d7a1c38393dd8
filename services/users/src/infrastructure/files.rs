//! The papers' files in the blob store. An upload is bound to its person.

use async_trait::async_trait;
use blob::{BlobError, Blobs, Media, Stored};
use ids::UserId;
use uow::StoreError;

use crate::application::ports::{FileError, Files, Ticket};
use crate::domain::File;

/// The blob store, as Users sees it.
pub struct KycFiles(pub Blobs);

fn scope(user: UserId) -> String {
    format!("users/{user}")
}

#[async_trait]
impl Files for KycFiles {
    fn ticket(&self, user: UserId, media_type: &str, length: i64) -> Result<Ticket, FileError> {
        let media = Media::of_mime(media_type).ok_or_else(|| FileError::Refused {
            code: "media_not_taken",
            text: "only PDF, JPEG, PNG and WebP files are taken".to_owned(),
        })?;
        let length = u64::try_from(length).unwrap_or_default();
        let ticket = self.0.ticket(&scope(user), media, length);
        let blob::Ticket {
            upload_id,
            url,
            expires_at,
        } = ticket.map_err(file_error)?;
        Ok(Ticket {
            upload_id,
            url,
            expires_at,
        })
    }

    async fn accept(&self, user: UserId, upload_id: &str) -> Result<File, FileError> {
        let scope = scope(user);
        let kept = self.0.accept(upload_id, &scope, Media::DOCUMENTS);
        let Stored {
            key,
            sha256,
            media,
            length,
        } = kept.await.map_err(file_error)?;
        Ok(File {
            key,
            sha256,
            media_type: media.mime().to_owned(),
            length: i64::try_from(length)
                .map_err(|err| FileError::Failed(StoreError::failed(err)))?,
        })
    }

    fn address(&self, file: &File, name: &str) -> Result<String, FileError> {
        let media = Media::of_mime(&file.media_type).zip(u64::try_from(file.length).ok());
        let (media, length) = media.ok_or_else(|| {
            FileError::Failed(StoreError::failed("a paper of an unknown media type"))
        })?;
        let stored = Stored {
            key: file.key.clone(),
            sha256: file.sha256,
            media,
            length,
        };
        Ok(self.0.download_url(&stored, name))
    }
}

fn file_error(error: BlobError) -> FileError {
    match error.code() {
        Some(code) => FileError::Refused {
            code,
            text: error.to_string(),
        },
        None => FileError::Failed(StoreError::failed(error)),
    }
}
