//! What happened, in the words of the contract (`events.proto`), recorded beside its effect.

use contracts::notification::NoticeSent;
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
