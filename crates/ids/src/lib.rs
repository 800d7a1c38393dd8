//! The typed identifiers of the house: UUIDs that cannot be taken for one another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an id of kind {kind}: expected a UUID")]
pub struct MalformedId {
    /// The kind of id that was expected.
    pub kind: &'static str,
    /// What was given, cut to a readable length.
    pub given: String,
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id; ids made later sort later (UUIDv7).
            #[expect(clippy::new_without_default, reason = "made on purpose, never by default")]
            #[expect(clippy::disallowed_methods, reason = "the one place where ids are made")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The bare UUID, for columns and wires.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                Uuid::try_parse(text).map(Self).map_err(|_| MalformedId {
                    kind: stringify!($name),
                    given: text.chars().take(64).collect(),
                })
            }
        }
    )+};
}

typed_ids! {
    /// One operator of the platform.
    TenantId,
    /// A person or company.
    UserId,
    /// A sign-in and the tokens that came from it.
    SessionId,
    /// An event in a journal.
    EventId,
    /// An import project.
    ProjectId,
    /// One line of goods.
    ProductId,
    /// A reported sale.
    SaleId,
    /// Stock written off or bought back.
    ClosureId,
    /// What a sale or a buy-back owes a project: the sale's id, or the closure's.
    ClaimId,
    /// A participation, from its request on.
    ParticipationId,
    /// An account of the ledger.
    AccountId,
    /// A transfer of the ledger.
    TransferId,
    /// A payment out of escrow.
    DisbursementId,
    /// A payment out of a wallet.
    PayoutId,
    /// A settlement run.
    RunId,
    /// A notice in an inbox.
    NoticeId,
    /// A notice of a material change of a project.
    ChangeId,
    /// A document or an image: of a project, or of a person's identity.
    DocumentId,
    /// A step of a project's shipment.
    MilestoneId,
    /// What an owner tells of a project.
    UpdateId,
    /// What somebody asks about a project.
    QuestionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = UserId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_text_that_is_no_uuid_is_refused_by_kind() {
        let refused = "seven".parse::<ProjectId>().expect_err("no UUID");
        assert_eq!(refused.kind, "ProjectId");
        assert_eq!(refused.given, "seven");
    }
}
