//! What happened, in the words of the contract (`events.proto`), recorded beside its effect. Where
//! nobody was signed in yet, it is the person concerned who acted.

use authz::Role;
use contracts::EventMessage;
use contracts::auth as pb;
use ids::UserId;
use journal::Record as _;
use pg::Uow;
use uow::StoreError;
use uuid::Uuid;

use crate::application::ports::Account;
use crate::domain::{Ended, Machine, Session};

pub(super) async fn registered(uow: &mut Uow, account: &Account) -> Result<(), StoreError> {
    let Account {
        user,
        email: _,
        language,
        roles,
    } = account;
    let event = pb::UserRegistered {
        user_id: user.to_string(),
        roles: roles.iter().map(ToString::to_string).collect(),
        language: language.clone(),
    };
    record(uow, *user, user.as_uuid(), &event).await
}

pub(super) async fn role_granted(
    uow: &mut Uow,
    user: UserId,
    role: Role,
    by: &str,
) -> Result<(), StoreError> {
    let event = pb::RoleGranted {
        user_id: user.to_string(),
        role: role.to_string(),
        granted_by: by.to_owned(),
    };
    record(uow, user, user.as_uuid(), &event).await
}

pub(super) async fn signed_in(uow: &mut Uow, session: &Session) -> Result<(), StoreError> {
    let event = pb::SignedIn {
        user_id: session.user.to_string(),
        session_id: session.id.to_string(),
        new_device: session.new_device,
    };
    record(uow, session.user, session.id.as_uuid(), &event).await
}

pub(super) async fn sign_ins_limited(uow: &mut Uow, user: UserId) -> Result<(), StoreError> {
    let event = pb::SignInsLimited {
        user_id: user.to_string(),
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}

pub(super) async fn totp_enrolled(uow: &mut Uow, user: UserId) -> Result<(), StoreError> {
    let user_id = user.to_string();
    record(uow, user, user.as_uuid(), &pb::TotpEnrolled { user_id }).await
}

pub(super) async fn totp_removed(uow: &mut Uow, user: UserId) -> Result<(), StoreError> {
    let event = pb::TotpRemoved {
        user_id: user.to_string(),
        by: user.to_string(),
    };
    record(uow, user, user.as_uuid(), &event).await
}

pub(super) async fn recovery_code_used(uow: &mut Uow, user: UserId) -> Result<(), StoreError> {
    let user_id = user.to_string();
    record(uow, user, user.as_uuid(), &pb::RecoveryCodeUsed { user_id }).await
}

pub(super) async fn ended(
    uow: &mut Uow,
    session: &Session,
    reason: Ended,
) -> Result<(), StoreError> {
    let (user_id, session_id) = (session.user.to_string(), session.id.to_string());
    let aggregate = session.id.as_uuid();
    match reason {
        Ended::RefreshReused => {
            let event = pb::RefreshTokenReused {
                user_id,
                session_id,
            };
            record(uow, session.user, aggregate, &event).await
        }
        Ended::SignedOut | Ended::CodeReused => {
            let event = pb::SessionEnded {
                user_id,
                session_id,
                reason: reason.to_string(),
            };
            record(uow, session.user, aggregate, &event).await
        }
    }
}

async fn record<E: EventMessage + Sync>(
    uow: &mut Uow,
    person: UserId,
    aggregate: Uuid,
    event: &E,
) -> Result<(), StoreError> {
    if uow.context().actor == "anonymous" {
        let mut context = uow.context().clone();
        context.actor = format!("user:{person}");
        uow.act_for(context).await?;
    }
    uow.record(aggregate, event).await.map(drop)
}

pub(super) async fn machine_issued(uow: &mut Uow, machine: &Machine) -> Result<(), StoreError> {
    let event = pb::ServiceCredentialIssued {
        client_id: machine.id.to_string(),
        by: machine.issued_by.to_string(),
    };
    uow.record(machine.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn machine_revoked(
    uow: &mut Uow,
    machine: &Machine,
    by: UserId,
) -> Result<(), StoreError> {
    let event = pb::ServiceCredentialRevoked {
        client_id: machine.id.to_string(),
        by: by.to_string(),
    };
    uow.record(machine.id.as_uuid(), &event).await.map(drop)
}
