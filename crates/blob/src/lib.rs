//! Objects outside the databases: images and documents, in a local folder.
//!
//! Bytes come in and go out by addresses that hold for five minutes and are bound to what they are
//! for (security.md 30): a service hands out a [`Ticket`], the person PUTs the bytes to the
//! [`door`], where they wait in quarantine, and the service's use case [`Blobs::accept`]s them
//! before its unit of work: read back, sniffed, images encoded anew, and kept under their hash. So
//! a lying or cut-off upload never has a row, and what a row names is always there.
//!
//! Addresses and upload ids are signed claims and need no table. The key lies in the store's own
//! folder: whoever may read that may read the objects themselves.

mod door;
mod key;
mod media;
mod store;

use time::Duration;

pub use door::door;
pub use media::Media;
pub use store::{Blobs, Stored, Ticket};

/// How long an address holds, in real time.
pub const ADDRESS_TTL: Duration = Duration::minutes(5);

/// Why bytes were not taken or given.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// A claim about an upload that could never be kept.
    #[error("a {media} file has 1 to {max} bytes, not {given}")]
    Length {
        /// What it was said to be.
        media: Media,
        /// How many bytes it was said to have.
        given: u64,
        /// How many that kind may have.
        max: u64,
    },
    /// The upload id was not given out here, or for something else.
    #[error("this upload was not asked for here: ask for one and use the id of its answer")]
    UnknownUpload,
    /// The upload id holds no longer.
    #[error("this upload's time is over: ask for a new one")]
    UploadOver,
    /// Its bytes have not come.
    #[error("the file of this upload has not come yet: send it to the upload's address first")]
    NothingUploaded,
    /// It is not what it was said to be.
    #[error("the file is no {expected}: {why}")]
    NotThat {
        /// What it was said to be.
        expected: Media,
        /// What was seen instead.
        why: &'static str,
    },
    /// A kept object does not have its hash any more.
    #[error("the object {key} is not what was stored under its hash")]
    Corrupt {
        /// Which.
        key: String,
    },
    /// The store itself failed; the cause is for the log.
    #[error("the object store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BlobError {
    /// The stable code for programs and translations; none when it is no answer but an accident.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Length { .. } => Some("upload_length"),
            Self::UnknownUpload => Some("upload_unknown"),
            Self::UploadOver => Some("upload_over"),
            Self::NothingUploaded => Some("upload_missing"),
            Self::NotThat { .. } => Some("upload_not_that"),
            Self::Corrupt { .. } | Self::Failed(_) => None,
        }
    }

    fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}
