//! Between the contract's messages and the domain's values.

use contracts::auth as pb;

use crate::application::ports::Account;

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
