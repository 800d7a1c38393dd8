//! Files come in as what they were said to be or not at all, and go out unchanged or not at all.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use blob::{BlobError, Blobs, Media, Stored, Ticket, door};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;
use std::path::PathBuf;
use tower::ServiceExt as _;

const URL: &str = "http://127.0.0.1:1";
const SCOPE: &str = "projects/1/2";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n";

struct House {
    blobs: Blobs,
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::local(folder.path(), URL).expect("opens");
        Self { blobs, folder }
    }

    async fn put(&self, ticket: &Ticket, media: &str, body: impl Into<Body>) -> StatusCode {
        let path = ticket.url.strip_prefix(URL).expect("ours");
        let request = Request::put(path).header("content-type", media);
        self.ask(request.body(body.into()).expect("good"))
            .await
            .status()
    }

    async fn ask(&self, request: Request<Body>) -> Response<Body> {
        door(self.blobs.clone())
            .oneshot(request)
            .await
            .expect("answers")
    }

    async fn send(&self, media: Media, bytes: &[u8]) -> Result<Stored, BlobError> {
        let ticket = self.blobs.ticket(SCOPE, media, bytes.len() as u64)?;
        let status = self.put(&ticket, media.mime(), bytes.to_vec()).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        self.blobs
            .accept(&ticket.upload_id, SCOPE, Media::DOCUMENTS)
            .await
    }

    /// Every object that is kept, quarantine left out.
    fn kept(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join("projects");
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("listed").path()).collect()
    }
}

fn picture(format: ImageFormat, (width, height): (u32, u32)) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 7])
    });
    let mut bytes = Vec::new();
    DynamicImage::from(image)
        .write_to(&mut Cursor::new(&mut bytes), format)
        .expect("encodes");
    bytes
}

/// A JPEG's own comment (COM segment) with somebody's secret, right behind its first marker.
fn with_comment(jpeg: &[u8]) -> Vec<u8> {
    let secret = b"where the photographer lives";
    let length = u16::try_from(secret.len() + 2).expect("short");
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xFE]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(secret);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[tokio::test]
async fn a_file_comes_in_is_kept_once_and_goes_out() {
    let house = House::new();
    let stored = house.send(Media::Pdf, PDF).await.expect("a PDF");
    assert_eq!(
        (stored.media, stored.length),
        (Media::Pdf, PDF.len() as u64)
    );
    let again = house.send(Media::Pdf, PDF).await.expect("a PDF");
    assert_eq!(stored, again);
    assert_eq!(house.kept().len(), 1);
    assert_eq!(house.blobs.read(&stored).await.expect("kept"), PDF);

    let url = house.blobs.download_url(&stored, "factura n.º 1.pdf");
    let path = url.strip_prefix(URL).expect("ours");
    let request = Request::get(path).body(Body::empty()).expect("good");
    let answer = house.ask(request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(
        header("content-security-policy"),
        "default-src 'none'; sandbox"
    );
    assert_eq!(
        header("content-disposition"),
        "attachment; filename*=UTF-8''factura%20n.%C2%BA%201.pdf"
    );
    let body: Bytes = answer
        .into_body()
        .collect()
        .await
        .expect("whole")
        .to_bytes();
    assert_eq!(body, PDF);
}

#[tokio::test]
async fn an_image_is_encoded_anew_without_what_is_no_picture() {
    let house = House::new();
    let jpeg = with_comment(&picture(ImageFormat::Jpeg, (40, 30)));
    let stored = house.send(Media::Jpeg, &jpeg).await.expect("a JPEG");
    let kept = house.blobs.read(&stored).await.expect("kept");
    assert!(jpeg.windows(5).any(|at| at == b"lives"));
    assert!(!kept.windows(5).any(|at| at == b"lives"));
    let webp = picture(ImageFormat::WebP, (3_000, 20));
    let stored = house.send(Media::Webp, &webp).await.expect("a WebP");
    assert_eq!(stored.media, Media::Png);
    let kept = house.blobs.read(&stored).await.expect("kept");
    let shown = image::load_from_memory(&kept).expect("a picture");
    assert_eq!((shown.width(), shown.height()), (2_560, 17));
}

#[tokio::test]
async fn what_lies_about_itself_is_kept_nowhere() {
    let house = House::new();
    let png = picture(ImageFormat::Png, (9, 9));
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec();
    let cases = [
        (Media::Jpeg, png.clone(), "begin differently"),
        (Media::Png, svg.clone(), "begin differently"),
        (Media::Pdf, svg, "begin differently"),
        (
            Media::Png,
            png[..png.len() - 20].to_vec(),
            "cannot be decoded",
        ),
        (
            Media::Pdf,
            PDF[..PDF.len() - 6].to_vec(),
            "its end is missing",
        ),
    ];
    for (media, bytes, why) in cases {
        let refused = house.send(media, &bytes).await.expect_err(why);
        assert_eq!(refused.code(), Some("upload_not_that"));
        assert!(refused.to_string().contains(why), "{refused}");
    }
    assert!(Media::of_mime("image/svg+xml").is_none());
    assert!(Media::of_mime("text/html; charset=utf-8").is_none());
    // A picture of 20,000 by 20,000 pixels in a few bytes is no picture.
    let mut bomb = picture(ImageFormat::Png, (1, 1));
    bomb[16..24].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
    house.send(Media::Png, &bomb).await.expect_err("a bomb");
    assert!(house.kept().is_empty());
}

#[tokio::test]
async fn the_address_is_bound_to_length_type_time_and_purpose() {
    let house = House::new();
    let length = PDF.len() as u64;
    for given in [0, Media::Pdf.length_max() + 1] {
        let refused = house.blobs.ticket(SCOPE, Media::Pdf, given);
        assert_eq!(refused.expect_err("refused").code(), Some("upload_length"));
    }
    let ticket = house
        .blobs
        .ticket(SCOPE, Media::Pdf, length)
        .expect("given");
    let accept = |id: String, scope: &'static str, allowed: &'static [Media]| {
        let blobs = house.blobs.clone();
        async move {
            blobs
                .accept(&id, scope, allowed)
                .await
                .expect_err("refused")
                .code()
        }
    };
    let id = || ticket.upload_id.clone();
    let missing = accept(id(), SCOPE, Media::DOCUMENTS).await;
    assert_eq!(missing, Some("upload_missing"));
    assert_eq!(
        house.put(&ticket, "image/png", PDF).await,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let cut = &PDF[..PDF.len() - 1];
    assert_eq!(
        house.put(&ticket, "application/pdf", cut).await,
        StatusCode::BAD_REQUEST
    );
    let long = [PDF, b"x"].concat();
    assert_eq!(
        house.put(&ticket, "application/pdf", long).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        house.put(&ticket, "application/pdf", PDF).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        house.put(&ticket, "application/pdf", PDF).await,
        StatusCode::CONFLICT
    );
    let other = accept(id(), "projects/1/3", Media::DOCUMENTS).await;
    assert_eq!(other, Some("upload_unknown"));
    let other = accept(id(), SCOPE, Media::IMAGES).await;
    assert_eq!(other, Some("upload_unknown"));
    let forged = Ticket {
        url: format!("{}x", ticket.url),
        ..ticket.clone()
    };
    assert_eq!(
        house.put(&forged, "application/pdf", PDF).await,
        StatusCode::FORBIDDEN
    );
    // Another store's key signs nothing here, another process with this folder's does.
    let elsewhere = House::new();
    let foreign = elsewhere.blobs.accept(&id(), SCOPE, Media::DOCUMENTS).await;
    assert_eq!(foreign.expect_err("refused").code(), Some("upload_unknown"));
    let second = Blobs::local(house.folder.path(), URL).expect("opens");
    second
        .accept(&id(), SCOPE, Media::DOCUMENTS)
        .await
        .expect("the same store");
}

#[tokio::test]
async fn a_changed_object_is_never_given_out() {
    let house = House::new();
    let stored = house.send(Media::Pdf, PDF).await.expect("a PDF");
    std::fs::write(&house.kept()[0], b"%PDF-other %%EOF").expect("written");
    let refused = house.blobs.read(&stored).await.expect_err("changed");
    assert!(matches!(refused, BlobError::Corrupt { .. }));
    let url = house.blobs.download_url(&stored, "x.pdf");
    let path = url.strip_prefix(URL).expect("ours");
    let request = Request::get(path).body(Body::empty()).expect("good");
    assert_eq!(
        house.ask(request).await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn old_quarantine_is_swept_and_young_stays() {
    let house = House::new();
    let ticket = house
        .blobs
        .ticket(SCOPE, Media::Pdf, PDF.len() as u64)
        .expect("given");
    house.put(&ticket, "application/pdf", PDF).await;
    let quarantine = house.folder.path().join("quarantine");
    std::fs::write(quarantine.join("1000000000-0123"), b"old").expect("written");
    assert_eq!(house.blobs.sweep().await.expect("swept"), 1);
    house
        .blobs
        .accept(&ticket.upload_id, SCOPE, Media::DOCUMENTS)
        .await
        .expect("still there");
}
