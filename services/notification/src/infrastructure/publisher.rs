//! What happened, in the words of the contract (`events.proto`), recorded beside its effect.

use contracts::notification::{MailParked, NoticeSent, NotificationPreferencesSet};
use ids::UserId;
use journal::Record as _;
use pg::Uow;
use uow::StoreError;

use crate::application::ports::Notice;

pub(super) async fn sent(uow: &mut Uow, notice: &Notice) -> Result<(), StoreError> {
    let event = NoticeSent {
        notice_id: notice.id.to_string(),
        user_id: notice.user.to_string(),
        kind: notice.kind.to_string(),
        channel: "MAIL".to_owned(),
    };
    uow.record(notice.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn parked(
    uow: &mut Uow,
    notice: &Notice,
    reason: &'static str,
) -> Result<(), StoreError> {
    let event = MailParked {
        notice_id: notice.id.to_string(),
        user_id: notice.user.to_string(),
        reason: reason.to_owned(),
    };
    uow.record(notice.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn preferences_set(uow: &mut Uow, user: UserId) -> Result<(), StoreError> {
    let event = NotificationPreferencesSet {
        user_id: user.to_string(),
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}
