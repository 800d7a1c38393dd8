//! The rights table of a service: every rpc has its line, or nobody may call it.

use crate::{Actor, Role, Subject};

/// Who may call an rpc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Also somebody who is not signed in.
    Anyone,
    /// Any person with a valid token; what they see is decided by the service.
    SignedIn,
    /// A person with one of these roles.
    Roles(&'static [Role]),
    /// Only our own services.
    Services,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    /// The full path of the rpc, `/fondeo.users.v1.Users/SubmitKyc`.
    pub rpc: &'static str,
    /// Which persons.
    pub who: Who,
    /// Which of our programs may make the call for them.
    pub callers: &'static [&'static str],
    /// Whether the sign-in must be at most five minutes old (security.md §Identity 23).
    pub fresh: bool,
}

impl Right {
    /// Persons who call through the gateway.
    pub const fn through_gateway(rpc: &'static str, who: Who) -> Self {
        Self {
            rpc,
            who,
            callers: &["gateway"],
            fresh: false,
        }
    }

    /// The same, and the sign-in must be fresh: for decisions about money.
    pub const fn fresh(rpc: &'static str, who: Who) -> Self {
        Self {
            rpc,
            who,
            callers: &["gateway"],
            fresh: true,
        }
    }

    /// The named services, for themselves.
    pub const fn services(rpc: &'static str, callers: &'static [&'static str]) -> Self {
        Self {
            rpc,
            who: Who::Services,
            callers,
            fresh: false,
        }
    }

    /// Whether this kind of caller is meant at all; freshness is judged apart.
    pub fn admits(&self, actor: &Actor) -> bool {
        match (self.who, actor.subject) {
            (Who::Anyone, Subject::Anonymous | Subject::User(_))
            | (Who::SignedIn, Subject::User(_))
            | (Who::Services, Subject::Service(_)) => true,
            (Who::Roles(roles), Subject::User(_)) => actor.has_one_of(roles),
            (Who::Anyone | Who::SignedIn | Who::Roles(_), Subject::Service(_))
            | (Who::SignedIn | Who::Roles(_) | Who::Services, Subject::Anonymous)
            | (Who::Services, Subject::User(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use ids::{TenantId, UserId};
    use uuid::Uuid;

    use super::*;

    fn person(roles: &[Role]) -> Actor {
        Actor {
            tenant: TenantId::new(),
            subject: Subject::User(UserId::new()),
            roles: roles.to_vec(),
            auth_time: None,
            correlation: Uuid::nil(),
        }
    }

    #[test]
    fn a_role_opens_only_its_own_doors() {
        let right = Right::through_gateway("/x/Y", Who::Roles(&[Role::Admin, Role::Auditor]));
        assert!(right.admits(&person(&[Role::Admin])));
        assert!(right.admits(&person(&[Role::Investor, Role::Auditor])));
        assert!(!right.admits(&person(&[Role::Investor])));
        assert!(!right.admits(&person(&[])));
    }

    #[test]
    fn a_service_and_a_person_are_never_taken_for_each_other() {
        let service = Actor::service("users", TenantId::new(), Uuid::nil());
        assert!(Right::services("/x/Y", &["users"]).admits(&service));
        assert!(!Right::services("/x/Y", &["users"]).admits(&person(&[Role::Admin])));
        assert!(!Right::through_gateway("/x/Y", Who::SignedIn).admits(&service));
        assert!(!Right::through_gateway("/x/Y", Who::Anyone).admits(&service));
    }
}
