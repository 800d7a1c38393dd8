//! The two times of the house (architecture.md §5).
//!
//! *Real time* is for tokens, leases, sessions and the journal; it is read here and nowhere else.
//! *Business time* (deadlines, cooling-off, expiries) is the database's clock plus an offset that
//! only demo and test configurations may move; a unit of work carries it, see `pg::Uow::now`.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Real time, UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where real time is read"
)]
pub fn real_now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// An instant as contracts carry it: RFC 3339, UTC.
pub fn to_text(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(&Rfc3339)
        .expect("an instant of the common era has an RFC 3339 form")
}

/// Reads an instant back; `None` when the text is not RFC 3339.
pub fn from_text(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
