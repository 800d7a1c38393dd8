//! A real object store for one test, gone with it; bytes come and go through its own door.

use std::ops::Deref;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use blob::{Blobs, Media, Ticket};
use tempfile::TempDir;
use tower::ServiceExt as _;

const URL: &str = "http://objects.test";

/// One test's objects.
pub struct TestObjects {
    blobs: Blobs,
    folder: TempDir,
}

impl TestObjects {
    /// An empty store.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blobs = Blobs::local(folder.path(), URL).expect("a store opens in an empty folder");
        Self { blobs, folder }
    }

    /// Sends bytes to an upload's address, as a person's program would.
    pub async fn send(&self, url: &str, media: Media, bytes: impl Into<Vec<u8>>) -> StatusCode {
        let path = url.strip_prefix(URL).expect("an address of this store");
        let request = Request::put(path)
            .header("content-type", media.mime())
            .body(Body::from(bytes.into()))
            .expect("a good request");
        let answer = blob::door(self.blobs.clone()).oneshot(request).await;
        answer.expect("the door answers").status()
    }

    /// Has something sent for `scope`; the upload's id.
    pub async fn uploaded(&self, scope: &str, media: Media, bytes: &[u8]) -> String {
        let length = bytes.len().try_into().expect("it fits");
        let ticket = self.blobs.ticket(scope, media, length);
        let Ticket { upload_id, url, .. } = ticket.expect("a ticket");
        let status = self.send(&url, media, bytes).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        upload_id
    }

    /// How many objects a service keeps; what waits in quarantine is not kept.
    pub fn kept(&self, service: &str) -> usize {
        let entries = std::fs::read_dir(self.folder.path().join(service));
        entries.map_or(0, Iterator::count)
    }
}

impl Default for TestObjects {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for TestObjects {
    type Target = Blobs;

    fn deref(&self) -> &Blobs {
        &self.blobs
    }
}
