//! Who may call what: everybody has an inbox, and only their own.

use authz::{Right, Who};
use service::JOURNAL_RIGHTS;

/// Every rpc of the service.
pub static RIGHTS: &[Right] = &[
    Right::through_gateway("/fondeo.notification.v1.Notification/Inbox", Who::SignedIn),
    Right::through_gateway(
        "/fondeo.notification.v1.Notification/MarkRead",
        Who::SignedIn,
    ),
    JOURNAL_RIGHTS[0],
    JOURNAL_RIGHTS[1],
    JOURNAL_RIGHTS[2],
];
