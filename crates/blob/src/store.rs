//! The store: tickets, quarantine, and what is kept under its hash.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path as Folder;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::key::Key;
use crate::{ADDRESS_TTL, BlobError, Media};

const QUARANTINE: &str = "quarantine";
/// Uploads stay this long, so that a repeated command finds them again.
const QUARANTINE_S: i64 = 60 * 60;

/// One store of objects; clones are the same store.
#[derive(Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    key: Key,
    url: Arc<str>,
}

/// What a person needs to send one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Names the upload in the command that uses it.
    pub upload_id: String,
    /// Where the bytes go, by PUT, with exactly the content type and length that were said.
    pub url: String,
    /// Until when, in real time.
    pub expires_at: OffsetDateTime,
}

/// An object that is kept: what a row says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it lies: `<scope's first word>/<sha256>`.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// What it is.
    pub media: Media,
    /// How many bytes it has.
    pub length: u64,
}

/// The claims of an upload.
#[derive(Serialize, Deserialize)]
pub(crate) struct Upload {
    name: String,
    scope: String,
    pub media: Media,
    pub length: u64,
    until: i64,
}

/// The claims of a download.
#[derive(Serialize, Deserialize)]
pub(crate) struct Download {
    key: String,
    sha256: String,
    pub media: Media,
    pub file_name: String,
    until: i64,
}

impl Blobs {
    /// Opens the store in a folder, which is made when it is missing. `url` is the public address
    /// of the listener that has its [`crate::door`].
    pub fn local(folder: &Folder, url: &str) -> Result<Self, BlobError> {
        if !folder.is_dir() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(BlobError::failed)?;
        }
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(BlobError::failed)?;
        Ok(Self {
            objects: Arc::new(objects.with_fsync(true)),
            key: Key::open(folder)?,
            url: url.into(),
        })
    }

    /// Lets one file be sent. `scope` is what it is for, such as `projects/<project>/<person>`:
    /// [`Self::accept`] wants the same.
    pub fn ticket(&self, scope: &str, media: Media, length: u64) -> Result<Ticket, BlobError> {
        let max = media.length_max();
        if !(1..=max).contains(&length) {
            let given = length;
            return Err(BlobError::Length { media, given, max });
        }
        let expires_at = clock::real_now() + ADDRESS_TTL;
        let random = hex::encode(rand::random::<[u8; 16]>());
        let upload_id = self.key.seal(&Upload {
            name: format!("{}-{random}", expires_at.unix_timestamp()),
            scope: scope.to_owned(),
            media,
            length,
            until: expires_at.unix_timestamp(),
        });
        Ok(Ticket {
            url: format!("{}/uploads/{upload_id}", self.url),
            upload_id,
            expires_at,
        })
    }

    /// Takes what was sent for `scope`: sniffs it, encodes an image anew, and keeps it. The same
    /// upload gives the same answer again, for an hour. Call it before the unit of work.
    pub async fn accept(
        &self,
        upload_id: &str,
        scope: &str,
        allowed: &[Media],
    ) -> Result<Stored, BlobError> {
        let upload: Upload = self.key.unseal(upload_id).ok_or(BlobError::UnknownUpload)?;
        if upload.scope != scope || !allowed.contains(&upload.media) {
            return Err(BlobError::UnknownUpload);
        }
        let now = clock::real_now().unix_timestamp();
        let sent = match self.objects.get(&upload.place()).await {
            Ok(sent) => sent.bytes().await.map_err(BlobError::failed)?,
            Err(Error::NotFound { .. }) if now > upload.until => return Err(BlobError::UploadOver),
            Err(Error::NotFound { .. }) => return Err(BlobError::NothingUploaded),
            Err(error) => return Err(BlobError::failed(error)),
        };
        let cleaned = tokio::task::spawn_blocking(move || upload.media.clean(sent));
        let (media, bytes) = cleaned.await.map_err(BlobError::failed)??;
        self.keep(scope, media, bytes).await
    }

    /// Keeps bytes that a service of ours made itself.
    pub async fn keep(&self, scope: &str, media: Media, bytes: Bytes) -> Result<Stored, BlobError> {
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        let owner = scope.split('/').next().unwrap_or_default();
        let stored = Stored {
            key: format!("{owner}/{}", hex::encode(sha256)),
            sha256,
            media,
            length: bytes.len().try_into().map_err(BlobError::failed)?,
        };
        self.create(&Path::from(stored.key.as_str()), bytes).await?;
        Ok(stored)
    }

    /// The bytes of a kept object; those that do not have its hash are never given out.
    pub async fn read(&self, stored: &Stored) -> Result<Bytes, BlobError> {
        self.checked(&stored.key, &hex::encode(stored.sha256)).await
    }

    /// Where a person gets it, for five minutes; `file_name` is what it is saved as.
    pub fn download_url(&self, stored: &Stored, file_name: &str) -> String {
        let until = clock::real_now() + ADDRESS_TTL;
        let claims = self.key.seal(&Download {
            key: stored.key.clone(),
            sha256: hex::encode(stored.sha256),
            media: stored.media,
            file_name: file_name.to_owned(),
            until: until.unix_timestamp(),
        });
        format!("{}/files/{claims}", self.url)
    }

    /// Removes what waited in quarantine for more than an hour; answers how many.
    pub async fn sweep(&self) -> Result<usize, BlobError> {
        let oldest = clock::real_now().unix_timestamp() - QUARANTINE_S;
        let waiting = self.objects.list(Some(&Path::from(QUARANTINE)));
        let waiting: Vec<Path> = waiting
            .map_ok(|object| object.location)
            .try_collect()
            .await
            .map_err(BlobError::failed)?;
        let mut removed = 0;
        for place in waiting {
            let until = place.filename().and_then(|name| name.split('-').next());
            if until.and_then(|until| until.parse().ok()) < Some(oldest) {
                self.objects
                    .delete(&place)
                    .await
                    .map_err(BlobError::failed)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The claims of an upload's address, while it holds.
    pub(crate) fn upload(&self, claims: &str) -> Result<Upload, BlobError> {
        let upload: Upload = self.key.unseal(claims).ok_or(BlobError::UnknownUpload)?;
        if clock::real_now().unix_timestamp() > upload.until {
            return Err(BlobError::UploadOver);
        }
        Ok(upload)
    }

    /// Puts what was sent into quarantine. `false`: something was sent before, and stays.
    pub(crate) async fn quarantine(
        &self,
        upload: &Upload,
        bytes: Bytes,
    ) -> Result<bool, BlobError> {
        self.create(&upload.place(), bytes).await
    }

    /// The claims of a file's address while it holds, and the file.
    pub(crate) async fn download(
        &self,
        claims: &str,
    ) -> Result<Option<(Download, Bytes)>, BlobError> {
        let now = clock::real_now().unix_timestamp();
        let download = self.key.unseal(claims);
        let Some(download) = download.filter(|download: &Download| now <= download.until) else {
            return Ok(None);
        };
        let bytes = self.checked(&download.key, &download.sha256).await?;
        Ok(Some((download, bytes)))
    }

    async fn create(&self, place: &Path, bytes: Bytes) -> Result<bool, BlobError> {
        let payload = PutPayload::from_bytes(bytes);
        let put = self
            .objects
            .put_opts(place, payload, PutMode::Create.into());
        match put.await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(BlobError::failed(error)),
        }
    }

    async fn checked(&self, key: &str, sha256: &str) -> Result<Bytes, BlobError> {
        let object = self.objects.get(&Path::from(key)).await;
        let bytes = object.map_err(BlobError::failed)?.bytes().await;
        let bytes = bytes.map_err(BlobError::failed)?;
        if hex::encode(Sha256::digest(&bytes)) != sha256 {
            let key = key.to_owned();
            return Err(BlobError::Corrupt { key });
        }
        Ok(bytes)
    }
}

impl Upload {
    fn place(&self) -> Path {
        Path::from_iter([QUARANTINE, &self.name])
    }
}
