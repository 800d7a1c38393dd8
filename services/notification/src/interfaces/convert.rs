//! Between the contract's messages and the domain's values.

use clock::to_text;
use contracts::notification as pb;
use ids::NoticeId;
use tonic::Status;

use crate::application::inbox::PAGE_MAX;
use crate::application::ports::{About, Notice};
use crate::application::preferences::Preference;
use crate::domain::{Channel, Kind, Text};

/// Pages of 1 to `PAGE_MAX`, 50 where nothing is said.
pub(super) fn page(request: pb::InboxRequest) -> Result<(Option<NoticeId>, u8), Status> {
    let pb::InboxRequest { first, after } = request;
    let before = match after.as_str() {
        "" => None,
        text => Some(link::read(text, "after")?),
    };
    let first = match first {
        0 => 50,
        asked => u8::try_from(asked.max(1)).unwrap_or(PAGE_MAX).min(PAGE_MAX),
    };
    Ok((before, first + 1))
}

pub(super) fn notice((notice, text): (Notice, Text)) -> pb::Notice {
    let Notice {
        id,
        user: _,
        kind,
        about: About {
            project,
            amount: _,
            reason: _,
        },
        at,
        project_name: _,
        read_at,
        language: _,
        country: _,
    } = notice;
    let Text { subject, body } = text;
    pb::Notice {
        notice_id: id.to_string(),
        kind: kind.to_string(),
        subject,
        body,
        at: to_text(at),
        read: read_at.is_some(),
        project_id: project.map(|id| id.to_string()).unwrap_or_default(),
    }
}

pub(super) fn preference(preference: Preference) -> pb::Preference {
    let Preference { kind, inbox, mail } = preference;
    pb::Preference {
        kind: kind.to_string(),
        required: kind.is_required(),
        inbox,
        mail,
    }
}

pub(super) fn switch(given: &pb::Switch) -> Result<(Kind, Channel, bool), Status> {
    let pb::Switch { kind, channel, on } = given;
    Ok((
        link::read(kind, "kind")?,
        link::read(channel, "channel")?,
        *on,
    ))
}
