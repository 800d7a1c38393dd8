//! Between the contract's messages and the domain's values.

use contracts::auth as pb;
use link::refuse;
use tonic::{Code, Status};

use crate::application::ports::Account;

/// A value that can't be read, by the name of its field.
pub(super) fn malformed(field: &str) -> Status {
    refuse(
        Code::InvalidArgument,
        "malformed",
        format!("`{field}` is missing or malformed"),
    )
}

pub(super) fn read<T: std::str::FromStr>(text: &str, field: &str) -> Result<T, Status> {
    text.parse().ok().ok_or_else(|| malformed(field))
}

pub(super) fn contact(account: Account) -> pb::Contact {
    let Account {
        user,
        email,
        language,
        roles: _,
    } = account;
    pb::Contact {
        user_id: user.to_string(),
        email,
        language,
    }
}

pub(super) fn account(account: Account) -> pb::AccountReply {
    let Account {
        user,
        email,
        language,
        roles,
    } = account;
    pb::AccountReply {
        user_id: user.to_string(),
        email,
        language,
        roles: roles.iter().map(ToString::to_string).collect(),
    }
}
