//! The caller, as far as every layer may know it.

use ids::{TenantId, UserId};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a person is on the platform; one person may be several (domain.md §1).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    EnumIter,
    IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
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

impl Role {
    /// Whether it holds only for somebody who has shown a second factor (security.md §Identity 23).
    pub const fn needs_otp(self) -> bool {
        match self {
            Self::Admin | Self::Treasurer => true,
            Self::Investor | Self::Owner | Self::Auditor => false,
        }
    }
}

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person with a verified access token.
    User(UserId),
    /// One of our services, acting on an event or for itself.
    Service(&'static str),
    /// Nobody that we know: only where the rights table says so.
    Anonymous,
}

/// The caller of a use case, verified.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The operator whose data the call is about.
    pub tenant: TenantId,
    /// Person or service.
    pub subject: Subject,
    /// The roles that the token carries.
    pub roles: Vec<Role>,
    /// When the person last proved who they are, in real time.
    pub auth_time: Option<OffsetDateTime>,
    /// Ties together everything that one request causes.
    pub correlation: Uuid,
}

impl Actor {
    /// One of our services.
    pub fn service(name: &'static str, tenant: TenantId, correlation: Uuid) -> Self {
        Self {
            tenant,
            subject: Subject::Service(name),
            roles: Vec::new(),
            auth_time: None,
            correlation,
        }
    }

    /// The person, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.subject {
            Subject::User(id) => Some(id),
            Subject::Service(_) | Subject::Anonymous => None,
        }
    }

    /// Whether this is that person.
    pub fn is(&self, user: UserId) -> bool {
        self.user() == Some(user)
    }

    /// Whether the token carries the role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the token carries one of the roles.
    pub fn has_one_of(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// The actor as the journal writes it: `user:<id>`, `service:<name>` or `anonymous`.
    pub fn label(&self) -> String {
        match self.subject {
            Subject::User(id) => format!("user:{id}"),
            Subject::Service(name) => format!("service:{name}"),
            Subject::Anonymous => "anonymous".to_owned(),
        }
    }
}

/// The program that is calling, as the link or the peer's certificate says: never a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller(pub &'static str);
