//! The contracts between the services: what `proto/` says, generated.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A message that is recorded in a journal and published.
pub trait EventMessage: Serialize {
    /// Its full protobuf name, the `type` of the envelope.
    const TYPE: &'static str;
}

/// Why an event cannot be read; the consumer parks it.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// A type or version that this program does not know.
    #[error("unknown event type {0}")]
    UnknownType(String),
    /// The type is known, the contents are not of its form.
    #[error("event {ty} has contents of another form")]
    Malformed {
        /// The envelope's type.
        ty: String,
        /// What the reader found.
        source: serde_json::Error,
    },
}

fn read<T: DeserializeOwned>(ty: &str, data: &serde_json::Value) -> Result<T, UnreadableEvent> {
    T::deserialize(data).map_err(|source| UnreadableEvent::Malformed {
        ty: ty.to_owned(),
        source,
    })
}

/// The descriptors of all contracts, encoded: what the rights matrix and the docs are made from.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

macro_rules! package {
    ($name:ident $(, $events:literal)?) => {
        #[expect(
            missing_docs,
            clippy::pedantic,
            clippy::allow_attributes,
            reason = "generated code"
        )]
        pub mod $name {
            /// Version 1 of the contract.
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/fondeo.", stringify!($name), ".v1.rs"));
                include!(concat!(env!("OUT_DIR"), "/fondeo.", stringify!($name), ".v1.serde.rs"));
                $(include!(concat!(env!("OUT_DIR"), "/", $events));)?
            }
        }
    };
}

/// The generated packages; their names follow `proto/fondeo/`.
pub mod fondeo {
    package!(money);
    package!(journal, "journal.events.rs");
    package!(auth, "auth.events.rs");
    package!(users, "users.events.rs");
    package!(projects, "projects.events.rs");
    package!(participation, "participation.events.rs");
    package!(accounting, "accounting.events.rs");
    package!(notification, "notification.events.rs");
}

pub use fondeo::accounting::v1 as accounting;
pub use fondeo::auth::v1 as auth;
pub use fondeo::journal::v1 as journal;
pub use fondeo::money::v1 as money;
pub use fondeo::notification::v1 as notification;
pub use fondeo::participation::v1 as participation;
pub use fondeo::projects::v1 as projects;
pub use fondeo::users::v1 as users;
