//! The rpcs: translate, call one use case, translate back.

use contracts::notification as pb;
use contracts::notification::notification_server::Notification as NotificationRpcs;
use link::{fault, refuse};
use tonic::{Code, Request, Response, Status};

use super::convert;
use crate::application::App;
use crate::application::inbox::{InboxError, Page, inbox};
use crate::application::mark_read::mark_read;

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
        let Page { notices, unread } = inbox(&self.app, &actor, before, first).await?;
        // A full page may have a next one.
        let next = notices
            .last()
            .filter(|_| notices.len() == usize::from(first))
            .map(|(notice, _)| notice.id.to_string())
            .unwrap_or_default();
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
}

impl From<InboxError> for Status {
    fn from(err: InboxError) -> Self {
        match err {
            InboxError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            InboxError::NoSuchNotice(_) => refuse(Code::NotFound, "no_such_notice", err),
            InboxError::Store(err) => fault(&err),
        }
    }
}
