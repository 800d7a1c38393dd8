//! Columns and what they stand for. A text that is no value of ours is a fault, never a guess.

use std::str::FromStr;

use ids::{SessionId, UserId};
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use crate::application::ports::Account;
use crate::domain::{
    Authorized, Challenge, Client, Code, Digest, Otp, RefreshToken, Session, TokenState,
};

pub(super) struct AccountRow {
    pub user_id: Uuid,
    pub email: String,
    pub language: String,
    pub roles: Vec<String>,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            user: UserId::from(row.user_id),
            email: row.email,
            language: row.language,
            roles: read_all(&row.roles)?,
        })
    }
}

pub(super) struct ClientRow {
    pub client_id: String,
    pub kind: String,
    pub secret_hash: Option<Vec<u8>>,
    pub redirect_uris: Vec<String>,
    pub scopes: Vec<String>,
}

impl TryFrom<ClientRow> for (Client, Option<Digest>) {
    type Error = StoreError;

    fn try_from(row: ClientRow) -> Result<Self, StoreError> {
        let client = Client {
            id: row.client_id,
            kind: pg::stored(&row.kind)?,
            redirect_uris: row.redirect_uris,
            scopes: read_all(&row.scopes)?,
        };
        Ok((client, row.secret_hash.map(digest).transpose()?))
    }
}

pub(super) struct SessionRow {
    pub session_id: Uuid,
    pub user_id: Uuid,
    pub auth_time: OffsetDateTime,
    pub awaits_otp: bool,
    pub otp_time: Option<OffsetDateTime>,
    pub new_device: bool,
    pub ended_reason: Option<String>,
    pub ended_at: Option<OffsetDateTime>,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let reason = row.ended_reason.as_deref().map(pg::stored).transpose()?;
        Ok(Self {
            id: SessionId::from(row.session_id),
            user: UserId::from(row.user_id),
            auth_time: row.auth_time,
            otp: match (row.awaits_otp, row.otp_time) {
                (true, _) => Otp::Awaited,
                (false, Some(_)) => Otp::Shown,
                (false, None) => Otp::None,
            },
            new_device: row.new_device,
            ended: reason.zip(row.ended_at),
        })
    }
}

pub(super) struct CodeRow {
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub challenge: Vec<u8>,
    pub nonce: Option<String>,
    pub issued_at: OffsetDateTime,
    pub used_at: Option<OffsetDateTime>,
}

impl TryFrom<CodeRow> for Code {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        Ok(Self {
            request: Authorized {
                client: row.client_id,
                redirect_uri: row.redirect_uri,
                scopes: read_all(&row.scopes)?,
                challenge: Challenge(digest(row.challenge)?),
                nonce: row.nonce,
            },
            issued_at: row.issued_at,
            used_at: row.used_at,
        })
    }
}

pub(super) struct RefreshRow {
    pub client_id: String,
    pub scopes: Vec<String>,
    pub issued_at: OffsetDateTime,
    pub used: bool,
}

impl TryFrom<RefreshRow> for RefreshToken {
    type Error = StoreError;

    fn try_from(row: RefreshRow) -> Result<Self, StoreError> {
        Ok(Self {
            client: row.client_id,
            scopes: read_all(&row.scopes)?,
            issued_at: row.issued_at,
            state: if row.used {
                TokenState::Used
            } else {
                TokenState::Fresh
            },
        })
    }
}

pub(super) fn names<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

pub(super) fn digest(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::failed("a hash is not of 32 bytes"))
}

fn read_all<T: FromStr>(texts: &[String]) -> Result<Vec<T>, StoreError> {
    texts.iter().map(|text| pg::stored(text)).collect()
}
