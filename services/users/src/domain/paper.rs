//! The papers behind an identity.

use ids::DocumentId;
use strum::{Display, EnumString};
use time::OffsetDateTime;

/// More papers than these prove nothing.
pub const PAPERS_MAX: usize = 20;

/// What a paper shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PaperKind {
    /// The side with the photograph.
    IdFront,
    /// The other side.
    IdBack,
    /// The person with the document.
    Selfie,
    /// A bill or a bank's letter.
    ProofOfAddress,
    /// Of a company that the person acts for.
    CompanyPapers,
}

/// A file that is kept, as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it lies.
    pub key: String,
    /// Of its bytes.
    pub sha256: [u8; 32],
    /// Such as `application/pdf`.
    pub media_type: String,
    /// In bytes.
    pub length: i64,
}

/// A person's paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its name.
    pub id: DocumentId,
    /// What it shows.
    pub kind: PaperKind,
    /// What is kept of it.
    pub file: File,
    /// In business time.
    pub attached_at: OffsetDateTime,
}
