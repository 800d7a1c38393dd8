//! What files may be, how they are recognised by their bytes, and images encoded anew.

use std::fmt;
use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use serde::{Deserialize, Serialize};

use crate::BlobError;

const MIB: u64 = 1 << 20;
/// More pixels are no photograph but an attack on memory.
const SIDE_MAX: u32 = 12_000;
const DECODED_MAX: u64 = 256 * MIB;
/// What a screen shows; larger images are made smaller.
const SHOWN_SIDE: u32 = 2_560;
const JPEG_QUALITY: u8 = 85;
/// How far from its end a whole PDF says so (ISO 32000-1, Annex H, note 18).
const PDF_TAIL: usize = 1_024;

/// A kind of file. No SVG: it can carry programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Media {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/webp`; kept as PNG.
    Webp,
    /// `application/pdf`
    Pdf,
    /// `text/html` that our own services wrote; never uploaded.
    Html,
}

impl Media {
    /// The kinds of pictures.
    pub const IMAGES: &'static [Self] = &[Self::Jpeg, Self::Png, Self::Webp];
    /// The kinds of papers: as a file, or photographed.
    pub const DOCUMENTS: &'static [Self] = &[Self::Pdf, Self::Jpeg, Self::Png, Self::Webp];

    /// The media type (RFC 6838).
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// The kind of a media type that may be uploaded.
    pub fn of_mime(mime: &str) -> Option<Self> {
        let known = Self::DOCUMENTS.iter();
        known.copied().find(|media| media.mime() == mime)
    }

    /// The most bytes that such a file may have.
    pub fn length_max(self) -> u64 {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => 10 * MIB,
            Self::Pdf => 20 * MIB,
            Self::Html => MIB,
        }
    }

    /// Whether a browser may show it in its page; everything else is saved as a file.
    pub(crate) fn is_shown(self) -> bool {
        Self::IMAGES.contains(&self)
    }

    fn image(self) -> Option<ImageFormat> {
        match self {
            Self::Jpeg => Some(ImageFormat::Jpeg),
            Self::Png => Some(ImageFormat::Png),
            Self::Webp => Some(ImageFormat::WebP),
            Self::Pdf | Self::Html => None,
        }
    }

    /// Looks at the bytes, never at a name. What comes back is what may be kept: an image without
    /// anything that is not picture, turned as its camera says, at most as large as a screen.
    pub(crate) fn clean(self, bytes: Bytes) -> Result<(Self, Bytes), BlobError> {
        let refused = |why| BlobError::NotThat {
            expected: self,
            why,
        };
        match self.image() {
            Some(format) => {
                if image::guess_format(&bytes).ok() != Some(format) {
                    return Err(refused("its bytes begin differently"));
                }
                let picture =
                    decode(format, &bytes).map_err(|_| refused("it cannot be decoded"))?;
                encode(self, picture).map_err(BlobError::failed)
            }
            None if self == Self::Pdf => {
                if !bytes.starts_with(b"%PDF-") {
                    return Err(refused("its bytes begin differently"));
                }
                let tail = &bytes[bytes.len().saturating_sub(PDF_TAIL)..];
                if !tail.windows(5).any(|at| at == b"%%EOF") {
                    return Err(refused("its end is missing"));
                }
                Ok((self, bytes))
            }
            None => Err(refused("it may not be uploaded")),
        }
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Pdf => "PDF",
            Self::Html => "HTML",
        })
    }
}

fn decode(format: ImageFormat, bytes: &[u8]) -> image::ImageResult<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODED_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let turned = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(turned);
    if picture.width().max(picture.height()) > SHOWN_SIDE {
        picture = picture.thumbnail(SHOWN_SIDE, SHOWN_SIDE);
    }
    Ok(picture)
}

fn encode(media: Media, picture: DynamicImage) -> image::ImageResult<(Media, Bytes)> {
    let mut out = Vec::new();
    let kept = if media == Media::Jpeg {
        picture
            .to_rgb8()
            .write_with_encoder(JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY))?;
        Media::Jpeg
    } else {
        let plain = DynamicImage::from(picture.to_rgba8());
        plain.write_to(&mut Cursor::new(&mut out), ImageFormat::Png)?;
        Media::Png
    };
    Ok((kept, out.into()))
}
