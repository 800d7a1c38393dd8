//! Notices and news between their tables and their words.

use ids::UserId;
use money::Money;
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use crate::application::ports::{About, Notice, Told};

/// A line of `notices` with the name of its project.
pub(super) struct NoticeRow {
    pub notice_id: Uuid,
    pub user_id: Uuid,
    pub kind: String,
    pub project_id: Option<Uuid>,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub reason: String,
    pub at: OffsetDateTime,
    pub project_name: String,
    pub read_at: Option<OffsetDateTime>,
    pub language: Option<String>,
    pub country: String,
}

impl TryFrom<NoticeRow> for Notice {
    type Error = StoreError;

    fn try_from(row: NoticeRow) -> Result<Self, StoreError> {
        let NoticeRow {
            notice_id,
            user_id,
            kind,
            project_id,
            amount_minor,
            currency,
            reason,
            at,
            project_name,
            read_at,
            language,
            country,
        } = row;
        Ok(Self {
            id: notice_id.into(),
            user: user_id.into(),
            kind: kind.parse().map_err(StoreError::failed)?,
            about: About {
                project: project_id.map(Into::into),
                amount: amount(amount_minor, currency)?,
                reason,
            },
            at,
            project_name,
            read_at,
            language: language.map(|code| pg::stored(&code)).transpose()?,
            country,
        })
    }
}

/// A line of `news` with one whom it has not reached.
pub(super) struct UntoldRow {
    pub user_id: Uuid,
    pub event_id: Uuid,
    pub kind: String,
    pub project_id: Uuid,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub reason: String,
    pub at: OffsetDateTime,
}

impl TryFrom<UntoldRow> for (UserId, Told) {
    type Error = StoreError;

    fn try_from(row: UntoldRow) -> Result<Self, StoreError> {
        let UntoldRow {
            user_id,
            event_id,
            kind,
            project_id,
            amount_minor,
            currency,
            reason,
            at,
        } = row;
        let told = Told {
            event: event_id.into(),
            kind: kind.parse().map_err(StoreError::failed)?,
            about: About {
                project: Some(project_id.into()),
                amount: amount(amount_minor, currency)?,
                reason,
            },
            at,
        };
        Ok((user_id.into(), told))
    }
}

fn amount(minor: Option<i64>, currency: Option<String>) -> Result<Option<Money>, StoreError> {
    let (Some(minor), Some(code)) = (minor, currency) else {
        return Ok(None);
    };
    let currency = code.parse().map_err(StoreError::failed)?;
    Money::try_new(minor, currency)
        .map(Some)
        .map_err(StoreError::failed)
}
