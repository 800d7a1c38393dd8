//! Everybody's own inbox.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use contracts::notification as pb;

use crate::calls::{self, ask, writes};
use crate::connection::{Asked, Page, items};
use crate::wire::{given, shown, words};

shown! {
    /// Something that concerns the reader.
    Notice of pb::Notice {
        notice_id: ID,
        /// The event's name, in snake_case.
        kind: String,
        /// In the reader's language.
        subject: String,
        body: String,
        at: String,
        read: bool,
        project_id: Option<ID>,
    }
}

items!(Notice: notice_id);

/// What is known of a whole inbox.
#[derive(SimpleObject)]
pub struct Inbox {
    /// How many are not read, over all pages.
    pub unread: i64,
}

given! {
    MarkReadInput for pb::MarkReadRequest {
        notice_id: ID,
    }
}

words! {
    /// Where a notice is read.
    NoticeChannel {
        /// On the platform.
        Inbox,
        /// By mail.
        Mail,
    }
}

shown! {
    /// Where one gets a kind of notice.
    NotificationPreference of pb::Preference {
        /// The event's name, in snake_case.
        kind: String,
        /// Money, decisions, safety and material changes cannot be switched off.
        required: bool,
        inbox: bool,
        mail: bool,
    }
}

given! {
    NotificationSwitchInput for pb::Switch {
        kind: String,
        channel: NoticeChannel,
        on: bool,
    }
}

given! {
    SetNotificationPreferencesInput for pb::SetNotificationPreferencesRequest {
        idempotency_key: String,
        switches: Vec<NotificationSwitchInput>,
    }
}

given! {
    MarkAllReadInput for pb::MarkAllReadRequest {
        idempotency_key: String,
    }
}

/// What is asked of Notification.
#[derive(Default)]
pub struct NotificationQuery;

#[Object]
impl NotificationQuery {
    /// One's own notices, newest first.
    #[graphql(complexity = "crate::cost::page(first, child_complexity)")]
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Notice, Inbox>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        let message = pb::InboxRequest {
            first,
            after: page.after.clone(),
        };
        let pb::InboxReply {
            notices,
            next,
            unread,
        } = ask!(calls.read, notification.inbox(message)).await?;
        let page = page.page_with(calls, notices, &next, Inbox { unread });
        page.map(Some)
    }

    /// Every kind of notice, and where one gets it.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn notification_preferences(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<NotificationPreference>>> {
        let calls = calls::of(ctx);
        let reply = ask!(
            calls.read,
            notification.preferences(pb::PreferencesRequest {})
        )
        .await?;
        calls.show(Some(reply.preferences))
    }
}

writes! {
    /// What Notification does.
    NotificationMutation over notification of pb {
        /// Marks one of one's own notices as read; a second time changes nothing.
        mark_read(MarkReadInput) -> MarkReadPayload of MarkReadReply {}
        /// Marks everything in one's inbox as read.
        mark_all_read(MarkAllReadInput) -> MarkAllReadPayload of MarkAllReadReply { marked: i64 }
        /// Switches kinds of notices off or on, channel by channel; required ones stay on.
        set_notification_preferences(SetNotificationPreferencesInput)
            -> SetNotificationPreferencesPayload of SetNotificationPreferencesReply {
            preferences: Vec<NotificationPreference>
        }
    }
}
