//! Where files come in and go out over HTTP: `PUT /uploads/<claims>` and `GET /files/<claims>`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use http_body_util::{BodyExt as _, Limited};
use tokio::sync::Semaphore;

use crate::{BlobError, Blobs, Media};

/// Files that may come at once, and go at once; each is in memory whole. Who sends slowly keeps
/// nobody from reading.
const AT_ONCE: usize = 8;
/// How long one may take to come.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone)]
struct Door {
    blobs: Blobs,
    coming: Arc<Semaphore>,
    going: Arc<Semaphore>,
}

/// The two routes; they belong on the listener whose address the store was opened with.
pub fn door(blobs: Blobs) -> Router {
    let room = || Arc::new(Semaphore::new(AT_ONCE));
    let (coming, going) = (room(), room());
    Router::new()
        .route("/uploads/{claims}", put(upload))
        .route("/files/{claims}", get(file))
        .with_state(Door {
            blobs,
            coming,
            going,
        })
}

async fn upload(
    State(door): State<Door>,
    Path(claims): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let upload = match door.blobs.upload(&claims) {
        Ok(upload) => upload,
        Err(error) => return refused(StatusCode::FORBIDDEN, &error),
    };
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if said(CONTENT_TYPE) != Some(upload.media.mime()) {
        let why = format!("send it with Content-Type: {}\n", upload.media.mime());
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    }
    let length = upload.length;
    let wrong_length = || {
        let why = format!("the upload was asked for with {length} bytes: send exactly these\n");
        (StatusCode::BAD_REQUEST, why).into_response()
    };
    if said(CONTENT_LENGTH).is_some_and(|said| said != length.to_string()) {
        return wrong_length();
    }
    let Ok(_room) = door.coming.try_acquire() else {
        let why = "too many files are on their way: try again in a moment\n";
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    let limit = usize::try_from(length).unwrap_or(usize::MAX);
    let body = Limited::new(body, limit).collect();
    let bytes = match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(whole)) => whole.to_bytes(),
        Ok(Err(_)) => return wrong_length(),
        Err(_) => {
            let why = "the file took more than a minute: try again\n";
            return (StatusCode::REQUEST_TIMEOUT, why).into_response();
        }
    };
    if bytes.len() != limit {
        return wrong_length();
    }
    match door.blobs.quarantine(&upload, bytes).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => {
            let why = "this upload has its file already: use its id, or ask for a new one\n";
            (StatusCode::CONFLICT, why).into_response()
        }
        Err(error) => accident(&error),
    }
}

async fn file(State(door): State<Door>, Path(claims): Path<String>) -> Response {
    let Ok(_room) = door.going.acquire().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match door.blobs.download(&claims).await {
        Ok(Some((download, bytes))) => {
            let headers = file_headers(download.media, &download.file_name);
            (headers, bytes).into_response()
        }
        Ok(None) => {
            let why = "this address holds for five minutes: ask for a new one\n";
            (StatusCode::FORBIDDEN, why).into_response()
        }
        Err(error) => accident(&error),
    }
}

/// What came from people never runs: pictures are shown, everything else is saved.
fn file_headers(media: Media, file_name: &str) -> [(HeaderName, String); 5] {
    let how = if media.is_shown() {
        "inline"
    } else {
        "attachment"
    };
    [
        (CONTENT_TYPE, media.mime().to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("{how}; filename*=UTF-8''{}", encoded(file_name)),
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (CACHE_CONTROL, "private, max-age=300".to_owned()),
    ]
}

/// A file's name as RFC 8187 writes it.
fn encoded(name: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(byte.into());
        } else {
            write!(text, "%{byte:02X}").expect("memory");
        }
    }
    text
}

fn refused(status: StatusCode, error: &BlobError) -> Response {
    (status, format!("{error}\n")).into_response()
}

fn accident(error: &BlobError) -> Response {
    let cause = error as &dyn std::error::Error;
    tracing::error!(error = cause, "the object store failed");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "files cannot be kept or read now: try again in a moment\n",
    )
        .into_response()
}
