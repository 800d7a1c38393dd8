//! Accounts and roles.

use async_graphql::{Context, ID, Object, Result};
use contracts::auth as pb;

use crate::calls::{self, ask, writes};
use crate::wire::{given, shown, words};

words! {
    /// What a person is on the platform; one may be several.
    Role {
        /// Puts money up.
        Investor,
        /// Runs import projects.
        Owner,
        /// Verifies people, approves projects and runs.
        Admin,
        /// Moves money in and out of custody.
        Treasurer,
        /// Reads everything, changes nothing.
        Auditor,
    }
}

shown! {
    /// One's own account.
    Account of pb::AccountReply {
        user_id: ID,
        email: String,
        /// `es` or `en`.
        language: String,
        /// As the present token has them.
        roles: Vec<Role>,
    }
}

given! {
    GrantRoleInput for pb::GrantRoleRequest {
        idempotency_key: String,
        user_id: ID,
        role: Role,
    }
}

shown! {
    /// A machine that reads what an auditor may, by client credentials.
    ServiceCredential of pb::ServiceCredential {
        client_id: ID,
        name: String,
        /// The ADMIN who issued it.
        issued_by: ID,
        issued_at: String,
        /// Null while it serves.
        revoked_at: Option<String>,
    }
}

given! {
    IssueServiceCredentialInput for pb::IssueServiceCredentialRequest {
        idempotency_key: String,
        /// What people call it.
        name: String,
    }
}

given! {
    RevokeServiceCredentialInput for pb::RevokeServiceCredentialRequest {
        idempotency_key: String,
        client_id: ID,
    }
}

/// What is asked of Auth.
#[derive(Default)]
pub struct AuthQuery;

#[Object]
impl AuthQuery {
    /// The signed-in person's own account.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let calls = calls::of(ctx);
        let reply = ask!(calls.read, auth.account(pb::AccountRequest {})).await?;
        calls.show(Some(reply))
    }

    /// The machines' credentials, for an ADMIN, the latest first.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn service_credentials(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<ServiceCredential>>> {
        let calls = calls::of(ctx);
        let message = pb::ServiceCredentialsRequest {};
        let reply = ask!(calls.read, auth.service_credentials(message)).await?;
        calls.show(Some(reply.credentials))
    }
}

writes! {
    /// What Auth does.
    AuthMutation over auth of pb {
        /// Gives a role (ADMIN); the person has it from the next sign-in or refresh on.
        grant_role(GrantRoleInput) -> GrantRolePayload of GrantRoleReply {}
        /// Lets a machine read what an auditor may (ADMIN).
        issue_service_credential(IssueServiceCredentialInput)
            -> IssueServiceCredentialPayload of IssueServiceCredentialReply {
            credential: ServiceCredential,
            /// Shown this once: null when the same request is repeated.
            client_secret: String,
        }
        /// Takes that back, and its tokens at once (ADMIN).
        revoke_service_credential(RevokeServiceCredentialInput)
            -> RevokeServiceCredentialPayload of RevokeServiceCredentialReply {
            credential: ServiceCredential
        }
    }
}
