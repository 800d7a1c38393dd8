//! The rpcs: translate, call one use case, translate back.

use contracts::notification as pb;
use contracts::notification::notification_server::Notification as NotificationRpcs;
use link::{fault, refuse, refuse_with};
use tonic::{Code, Request, Response, Status};

use super::convert;
use crate::application::App;
use crate::application::inbox::{InboxError, Page, inbox};
use crate::application::mark_all_read::mark_all_read;
use crate::application::mark_read::mark_read;
use crate::application::preferences::{preferences, set_preferences};

/// The `Notification` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

#[tonic::async_trait]
impl NotificationRpcs for Rpcs {
    async fn inbox(
        &self,
        request: Request<pb::InboxRequest>,
    ) -> Result<Response<pb::InboxReply>, Status> {
        let actor = link::actor(&request)?;
        let (before, first) = convert::page(request.into_inner())?;
        let Page {
            mut notices,
            unread,
        } = inbox(&self.app, &actor, before, first).await?;
        let next = link::next(&mut notices, first.into(), |(notice, _)| {
            notice.id.to_string()
        });
        Ok(Response::new(pb::InboxReply {
            notices: notices.into_iter().map(convert::notice).collect(),
            next,
            unread,
        }))
    }

    async fn mark_read(
        &self,
        request: Request<pb::MarkReadRequest>,
    ) -> Result<Response<pb::MarkReadReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::MarkReadRequest { notice_id } = request.into_inner();
        let id = link::read(&notice_id, "notice_id")?;
        mark_read(&self.app, &actor, id).await?;
        Ok(Response::new(pb::MarkReadReply {}))
    }

    async fn mark_all_read(
        &self,
        request: Request<pb::MarkAllReadRequest>,
    ) -> Result<Response<pb::MarkAllReadReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::MarkAllReadRequest { idempotency_key: _ } = request.into_inner();
        let marked = mark_all_read(&self.app, &actor).await?;
        Ok(Response::new(pb::MarkAllReadReply { marked }))
    }

    async fn preferences(
        &self,
        request: Request<pb::PreferencesRequest>,
    ) -> Result<Response<pb::PreferencesReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::PreferencesRequest {} = request.into_inner();
        let all = preferences(&self.app, &actor).await?;
        let preferences = all.into_iter().map(convert::preference).collect();
        Ok(Response::new(pb::PreferencesReply { preferences }))
    }

    async fn set_notification_preferences(
        &self,
        request: Request<pb::SetNotificationPreferencesRequest>,
    ) -> Result<Response<pb::SetNotificationPreferencesReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::SetNotificationPreferencesRequest {
            idempotency_key,
            switches,
        } = request.into_inner();
        let switches = switches
            .iter()
            .map(convert::switch)
            .collect::<Result<Vec<_>, _>>()?;
        let all = set_preferences(&self.app, &actor, idempotency_key, &switches).await?;
        let preferences = all.into_iter().map(convert::preference).collect();
        Ok(Response::new(pb::SetNotificationPreferencesReply {
            preferences,
        }))
    }
}

impl From<InboxError> for Status {
    fn from(err: InboxError) -> Self {
        match err {
            InboxError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            InboxError::NoSuchNotice(_) => refuse(Code::NotFound, "no_such_notice", err),
            InboxError::Required(kind) => refuse_with(
                Code::FailedPrecondition,
                "notice_required",
                &err,
                &[("kind", kind.to_string())],
            ),
            InboxError::Key(key) => refuse(Code::InvalidArgument, "unusable_idempotency_key", key),
            InboxError::Store(err) => fault(&err),
        }
    }
}
