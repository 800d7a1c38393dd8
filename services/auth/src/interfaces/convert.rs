//! Between the contract's messages and the domain's values.

use contracts::auth as pb;
use link::malformed;
use tonic::Status;

use crate::application::ports::Account;

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
