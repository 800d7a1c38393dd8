//! Between the contract's messages and the domain's values.

use clock::to_text;
use contracts::auth as pb;

use crate::application::ports::Account;
use crate::domain::Machine;

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

pub(super) fn machine(machine: Machine) -> pb::ServiceCredential {
    let Machine {
        id,
        name,
        secret: _,
        issued_by,
        issued_at,
        revoked_at,
    } = machine;
    pb::ServiceCredential {
        client_id: id.to_string(),
        name,
        issued_by: issued_by.to_string(),
        issued_at: to_text(issued_at),
        revoked_at: revoked_at.map(to_text).unwrap_or_default(),
    }
}
