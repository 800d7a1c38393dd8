//! Images and documents of a project. What was shown once is superseded, never taken away.

use ids::{DocumentId, UserId};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};
use text::Rule;
use time::OffsetDateTime;

use super::{ImportProject, ProjectState, Refusal};

/// The most of each that a project has, superseded ones included.
const IMAGES_MAX: usize = 20;
const DOCUMENTS_MAX: usize = 100;

/// What a file is for a project.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the words of the trade")]
pub enum DocumentKind {
    Image,
    Invoice,
    Proforma,
    Contract,
    BillOfLading,
    CustomsDeclaration,
    Certificate,
    Other,
}

/// Who may open it, beside the owner and staff.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Visibility {
    /// Whoever sees the project.
    Public,
    /// Whoever has money in it.
    Participants,
    /// Nobody else.
    Staff,
}

/// A file in the object store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it lies there.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its media type (RFC 6838).
    pub media_type: String,
    /// How many bytes it has.
    pub length: i64,
}

/// What the owner says of a file that was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Label {
    /// What it is.
    pub kind: DocumentKind,
    /// One line, 1 to 200 characters.
    pub title: String,
    /// Who may open it; an image is for everybody.
    pub visibility: Visibility,
    /// The one that it takes the place of, of the same kind.
    pub supersedes: Option<DocumentId>,
}

/// A file beside a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// What it is called.
    pub title: String,
    /// Who may open it.
    pub visibility: Visibility,
    /// The file.
    pub file: File,
    /// Business time.
    pub attached_at: OffsetDateTime,
    /// The one that it took the place of.
    pub supersedes: Option<DocumentId>,
}

impl ImportProject {
    /// Puts a file beside the project; `earlier` are all that are there. Refuses one too many, and
    /// one in place of what is not there, of another kind or superseded before.
    pub fn attach(
        &self,
        file: File,
        label: Label,
        (earlier, now): (&[Document], OffsetDateTime),
    ) -> Result<Document, Refusal> {
        let is_image = |kind| kind == DocumentKind::Image;
        let same = earlier.iter();
        let same = same.filter(|one| is_image(one.kind) == is_image(label.kind));
        let max = if is_image(label.kind) {
            IMAGES_MAX
        } else {
            DOCUMENTS_MAX
        };
        if same.count() >= max {
            return Err(Refusal::TooManyFiles(max));
        }
        if let Some(old) = label.supersedes {
            let mut all = earlier.iter();
            if !all.any(|one| one.id == old && one.kind == label.kind) {
                return Err(Refusal::NoSuchDocument);
            }
            if earlier.iter().any(|one| one.supersedes == Some(old)) {
                return Err(Refusal::AlreadySuperseded);
            }
        }
        Ok(Document {
            id: DocumentId::new(),
            kind: label.kind,
            title: Rule::line("title", 200).read(&label.title)?,
            visibility: if is_image(label.kind) {
                Visibility::Public
            } else {
                label.visibility
            },
            file,
            attached_at: now,
            supersedes: label.supersedes,
        })
    }

    /// Refuses to take an image away once the project is shown, and what is no image.
    pub fn check_remove(&self, image: DocumentId, all: &[Document]) -> Result<(), Refusal> {
        self.state.must_be_in(&[ProjectState::Draft])?;
        let mut images = all.iter().filter(|one| one.kind == DocumentKind::Image);
        if images.any(|one| one.id == image) {
            Ok(())
        } else {
            Err(Refusal::NoSuchDocument)
        }
    }
}

/// Who looks at a project's documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Its owner, or staff.
    Insider,
    /// Who has money in it.
    Participant,
    /// Anybody else.
    Public,
}

impl Reader {
    /// Whether the reader may open it.
    #[must_use]
    pub fn may_open(self, visibility: Visibility) -> bool {
        match self {
            Self::Insider => true,
            Self::Participant => visibility != Visibility::Staff,
            Self::Public => visibility == Visibility::Public,
        }
    }

    /// Which of them somebody is.
    #[must_use]
    pub fn of(
        user: Option<UserId>,
        is_staff: bool,
        (owner, participants): (UserId, &[UserId]),
    ) -> Self {
        if is_staff || user == Some(owner) {
            Self::Insider
        } else if user.is_some_and(|user| participants.contains(&user)) {
            Self::Participant
        } else {
            Self::Public
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::executed;

    fn file() -> File {
        File {
            key: "projects/abc".into(),
            sha256: [0; 32],
            media_type: "image/png".into(),
            length: 1,
        }
    }

    fn label(kind: DocumentKind, supersedes: Option<DocumentId>) -> Label {
        Label {
            kind,
            title: "Invoice 7".into(),
            visibility: Visibility::Staff,
            supersedes,
        }
    }

    #[test]
    fn files_are_counted_superseded_once_and_images_are_for_everybody() {
        let (mut project, now) = (executed(), OffsetDateTime::UNIX_EPOCH);
        let mut all = Vec::new();
        for _ in 0..IMAGES_MAX {
            let image = label(DocumentKind::Image, None);
            all.push(project.attach(file(), image, (&all, now)).unwrap());
        }
        assert!(all.iter().all(|one| one.visibility == Visibility::Public));
        let more = project.attach(file(), label(DocumentKind::Image, None), (&all, now));
        assert_eq!(more, Err(Refusal::TooManyFiles(IMAGES_MAX)));

        let invoice = label(DocumentKind::Invoice, None);
        all.push(project.attach(file(), invoice, (&all, now)).unwrap());
        let old = all.last().map(|one| one.id);
        let newer = label(DocumentKind::Invoice, old);
        all.push(project.attach(file(), newer.clone(), (&all, now)).unwrap());
        let again = project.attach(file(), newer, (&all, now));
        assert_eq!(again, Err(Refusal::AlreadySuperseded));
        let other = project.attach(file(), label(DocumentKind::Contract, old), (&all, now));
        assert_eq!(other, Err(Refusal::NoSuchDocument));

        let late = project.check_remove(all[0].id, &all);
        assert_eq!(late.unwrap_err().code(), "wrong_state");
        project.state = ProjectState::Draft;
        assert_eq!(project.check_remove(all[0].id, &all), Ok(()));
        let paper = project.check_remove(old.unwrap(), &all);
        assert_eq!(paper, Err(Refusal::NoSuchDocument));
    }

    #[test]
    fn who_may_open_what() {
        use Visibility as V;
        let (owner, investor, other) = (UserId::new(), UserId::new(), UserId::new());
        let of = |user, staff| Reader::of(user, staff, (owner, &[investor]));
        for (reader, opens) in [
            (of(Some(owner), false), [true, true, true]),
            (of(Some(other), true), [true, true, true]),
            (of(Some(investor), false), [true, true, false]),
            (of(Some(other), false), [true, false, false]),
            (of(None, false), [true, false, false]),
        ] {
            let may = [V::Public, V::Participants, V::Staff].map(|one| reader.may_open(one));
            assert_eq!(may, opens);
        }
    }
}
