//! The rpcs: translate, call one use case, translate back.

use contracts::auth as pb;
use contracts::auth::auth_server::Auth as AuthRpcs;
use link::{fault, refuse};
use tonic::{Code, Request, Response, Status};

use super::convert;
use crate::application::App;
use crate::application::account::account;
use crate::application::contacts::{ContactsError, contacts};
use crate::application::grant_role::{GrantRoleError, grant_role};
use crate::application::machines::{
    MachineError, issue_service_credential, revoke_service_credential, service_credentials,
};

/// So many people may be asked for at once.
const CONTACTS_MAX: usize = 1_000;

/// The `Auth` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

#[tonic::async_trait]
impl AuthRpcs for Rpcs {
    async fn jwks(
        &self,
        request: Request<pb::JwksRequest>,
    ) -> Result<Response<pb::JwksReply>, Status> {
        let pb::JwksRequest {} = request.into_inner();
        let jwks_json = self.app.vault.jwks();
        Ok(Response::new(pb::JwksReply { jwks_json }))
    }

    async fn contacts(
        &self,
        request: Request<pb::ContactsRequest>,
    ) -> Result<Response<pb::ContactsReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ContactsRequest { user_ids } = request.into_inner();
        if user_ids.len() > CONTACTS_MAX {
            return Err(link::malformed("user_ids"));
        }
        let users = user_ids
            .iter()
            .map(|id| link::read(id, "user_ids"))
            .collect::<Result<Vec<_>, _>>()?;
        let found = contacts(&self.app, &actor, &users).await?;
        Ok(Response::new(pb::ContactsReply {
            contacts: found.into_iter().map(convert::contact).collect(),
        }))
    }

    async fn grant_role(
        &self,
        request: Request<pb::GrantRoleRequest>,
    ) -> Result<Response<pb::GrantRoleReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::GrantRoleRequest {
            idempotency_key,
            user_id,
            role,
        } = request.into_inner();
        let grant = (link::read(&user_id, "user_id")?, link::read(&role, "role")?);
        grant_role(&self.app, &actor, idempotency_key, grant).await?;
        Ok(Response::new(pb::GrantRoleReply {}))
    }

    async fn account(
        &self,
        request: Request<pb::AccountRequest>,
    ) -> Result<Response<pb::AccountReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::AccountRequest {} = request.into_inner();
        let found = account(&self.app, &actor).await;
        let found = found
            .map_err(|err| fault(&err))?
            .ok_or_else(no_such_account)?;
        Ok(Response::new(convert::account(found)))
    }

    async fn issue_service_credential(
        &self,
        request: Request<pb::IssueServiceCredentialRequest>,
    ) -> Result<Response<pb::IssueServiceCredentialReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::IssueServiceCredentialRequest {
            idempotency_key,
            name,
        } = request.into_inner();
        let issued = issue_service_credential(&self.app, &actor, idempotency_key, &name).await?;
        let (machine, secret) = issued;
        Ok(Response::new(pb::IssueServiceCredentialReply {
            credential: Some(convert::machine(machine)),
            client_secret: secret.unwrap_or_default(),
        }))
    }

    async fn revoke_service_credential(
        &self,
        request: Request<pb::RevokeServiceCredentialRequest>,
    ) -> Result<Response<pb::RevokeServiceCredentialReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::RevokeServiceCredentialRequest {
            idempotency_key,
            client_id,
        } = request.into_inner();
        let id = link::read(&client_id, "client_id")?;
        let machine = revoke_service_credential(&self.app, &actor, idempotency_key, id).await?;
        let credential = Some(convert::machine(machine));
        Ok(Response::new(pb::RevokeServiceCredentialReply {
            credential,
        }))
    }

    async fn service_credentials(
        &self,
        request: Request<pb::ServiceCredentialsRequest>,
    ) -> Result<Response<pb::ServiceCredentialsReply>, Status> {
        let actor = link::actor(&request)?;
        let pb::ServiceCredentialsRequest {} = request.into_inner();
        let machines = service_credentials(&self.app, &actor).await?;
        let credentials = machines.into_iter().map(convert::machine).collect();
        Ok(Response::new(pb::ServiceCredentialsReply { credentials }))
    }
}

impl From<MachineError> for Status {
    fn from(err: MachineError) -> Self {
        match err {
            MachineError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            MachineError::NoName => link::malformed("name"),
            MachineError::NoSuchCredential(_) => {
                refuse(Code::NotFound, "no_such_service_credential", err)
            }
            MachineError::Key(key) => {
                refuse(Code::InvalidArgument, "unusable_idempotency_key", key)
            }
            MachineError::Store(err) => fault(&err),
        }
    }
}

fn no_such_account() -> Status {
    refuse(
        Code::NotFound,
        "no_such_account",
        "there is no such account",
    )
}

impl From<ContactsError> for Status {
    fn from(err: ContactsError) -> Self {
        match err {
            ContactsError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            ContactsError::Store(err) => fault(&err),
        }
    }
}

impl From<GrantRoleError> for Status {
    fn from(err: GrantRoleError) -> Self {
        match err {
            GrantRoleError::Forbidden => refuse(Code::PermissionDenied, "forbidden", err),
            GrantRoleError::NoSuchAccount(_) => no_such_account(),
            GrantRoleError::Key(key) => {
                refuse(Code::InvalidArgument, "unusable_idempotency_key", key)
            }
            GrantRoleError::Store(err) => fault(&err),
        }
    }
}
