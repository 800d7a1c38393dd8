//! Who may call what: everybody has an inbox, and only their own.

use authz::{Right, Who};

/// Every rpc of the service.
pub static RIGHTS: &[Right] = &[
    Right::through_gateway("/fondeo.notification.v1.Notification/Inbox", Who::SignedIn),
    Right::through_gateway(
        "/fondeo.notification.v1.Notification/MarkRead",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.notification.v1.Notification/MarkAllRead",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.notification.v1.Notification/Preferences",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.notification.v1.Notification/SetNotificationPreferences",
        Who::SignedIn,
    ),
];
