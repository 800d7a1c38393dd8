//! The record of a service (architecture.md §4): events written with their effect, then given
//! their place and chained; the bus only carries what stands here.

mod consume;
mod envelope;
mod feed;
mod heads;
mod parked;
mod record;
mod sequence;
mod verify;

pub use consume::{Apply, ApplyError, Subscription, cursors, follow, read};
pub use envelope::{Envelope, MalformedEnvelope};
pub use feed::{Feed, Verification, entries};
pub use heads::{HeadKey, Heads, HeadsError};
pub use record::Record;
pub use sequence::{Head, sequence};
pub use verify::verify_chain;

/// The tables of the record, after those of `pg`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The journals' link in the chain: SHA-256 of the previous hash and the event's exact bytes.
pub fn chain(previous: &[u8; 32], body: &str) -> [u8; 32] {
    use sha2::{Digest as _, Sha256};
    Sha256::new()
        .chain_update(previous)
        .chain_update(body.as_bytes())
        .finalize()
        .into()
}

/// What the first event is chained to.
pub const GENESIS: [u8; 32] = [0; 32];
