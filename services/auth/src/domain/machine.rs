//! Machines that read in their own name: a credential each, until it is revoked.

use ids::{SessionId, TenantId, UserId};
use time::OffsetDateTime;

use super::{ACCESS_LIFE, Claims, Digest, Scope};

/// What a machine may: read what an auditor may. Nobody moves money by a secret in a file.
pub const MACHINE_ROLE: &str = "AUDITOR";

/// A machine's credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its `client_id`, and the user that it is in the record.
    pub id: UserId,
    /// What people call it.
    pub name: String,
    /// Of the secret.
    pub secret: Digest,
    /// The administrator who issued it.
    pub issued_by: UserId,
    /// In real time.
    pub issued_at: OffsetDateTime,
    /// In real time; it serves no more from then on.
    pub revoked_at: Option<OffsetDateTime>,
}

impl Machine {
    /// All its tokens are of one session, which ends when it is revoked.
    pub fn session(&self) -> SessionId {
        SessionId::from(self.id.as_uuid())
    }

    /// What a token given now says.
    pub fn claims(&self, tenant: TenantId, now: OffsetDateTime) -> Claims {
        Claims {
            tenant,
            user: self.id,
            session: self.session(),
            client: self.id.to_string(),
            scopes: vec![Scope::Fondeo],
            roles: vec![MACHINE_ROLE],
            has_otp: false,
            auth_time: now,
            issued_at: now,
            expires_at: now + ACCESS_LIFE,
        }
    }
}
