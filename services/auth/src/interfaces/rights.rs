//! Who may call what.

use authz::{Right, Role, Who};

/// Every rpc of the service. A role may open any other door, so giving one needs a fresh sign-in.
pub static RIGHTS: &[Right] = &[
    Right::services(
        "/fondeo.auth.v1.Auth/Jwks",
        &[
            "gateway",
            "users",
            "projects",
            "participation",
            "accounting",
            "notification",
        ],
    ),
    Right::services("/fondeo.auth.v1.Auth/Contacts", &["notification"]),
    Right::fresh("/fondeo.auth.v1.Auth/GrantRole", Who::Roles(&[Role::Admin])),
    Right::through_gateway("/fondeo.auth.v1.Auth/Account", Who::SignedIn),
    Right::fresh(
        "/fondeo.auth.v1.Auth/IssueServiceCredential",
        Who::Roles(&[Role::Admin]),
    ),
    Right::fresh(
        "/fondeo.auth.v1.Auth/RevokeServiceCredential",
        Who::Roles(&[Role::Admin]),
    ),
    Right::through_gateway(
        "/fondeo.auth.v1.Auth/ServiceCredentials",
        Who::Roles(&[Role::Admin]),
    ),
];
