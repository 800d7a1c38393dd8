//! What the use cases need of the store and of cryptography, in their own words.

use async_trait::async_trait;
use authz::{Actor, Role};
use ids::{SessionId, UserId};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{
    Claims, Client, Code, Digest, IdClaims, Machine, RefreshToken, SecondFactor, Session,
};

/// A person's account. The address is in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub user: UserId,
    /// Where to write to.
    pub email: String,
    /// `es` or `en`.
    pub language: String,
    /// What the person is here.
    pub roles: Vec<Role>,
}

/// People's second factors. Each is decided under the lock of its person's account.
#[async_trait]
pub trait SecondFactors {
    /// The second factor of a person whose account is locked with it.
    async fn second_factor_for_update(
        &mut self,
        user: UserId,
    ) -> Result<Option<SecondFactor>, StoreError>;
    /// Stores a new one with its recovery codes and records `TotpEnrolled`.
    async fn enroll(
        &mut self,
        user: UserId,
        factor: &SecondFactor,
        codes: &[Digest],
    ) -> Result<(), StoreError>;
    /// Stores which code was the last.
    async fn save_step(&mut self, user: UserId, factor: &SecondFactor) -> Result<(), StoreError>;
    /// Uses a recovery code up and records `RecoveryCodeUsed`; false when there is none such.
    async fn use_recovery(&mut self, user: UserId, code: Digest) -> Result<bool, StoreError>;
    /// Deletes it with its recovery codes, takes it from all sign-ins that rested on it, and
    /// records `TotpRemoved`.
    async fn remove_second_factor(&mut self, user: UserId) -> Result<(), StoreError>;
    /// Stores that a session has shown it; records `SignedIn` where that was awaited.
    async fn save_otp(&mut self, session: &Session, was_awaited: bool) -> Result<(), StoreError>;
}

/// Machines' credentials.
#[async_trait]
pub trait Machines {
    /// All of them, the latest first.
    async fn machines(&mut self) -> Result<Vec<Machine>, StoreError>;
    /// Locks one.
    async fn machine_for_update(&mut self, id: UserId) -> Result<Option<Machine>, StoreError>;
    /// Stores a new one and records `ServiceCredentialIssued`.
    async fn issue_machine(&mut self, machine: &Machine) -> Result<(), StoreError>;
    /// Stores that it was revoked and records `ServiceCredentialRevoked`.
    async fn revoke_machine(&mut self, machine: &Machine, by: UserId) -> Result<(), StoreError>;
}

/// The browsers that people have signed in from.
#[async_trait]
pub trait Devices {
    /// Whether the person has used this one; and whether they have used any.
    async fn device(&mut self, user: UserId, device: Digest) -> Result<(bool, bool), StoreError>;
    /// Keeps that the person uses it.
    async fn keep_device(&mut self, user: UserId, device: Digest) -> Result<(), StoreError>;
    /// Records `SignInsLimited`.
    async fn limited(&mut self, user: UserId) -> Result<(), StoreError>;
}

/// One unit of work. Dropped without `commit` it leaves no trace. Everything about a session, its
/// codes and its tokens is decided under the session's lock.
#[async_trait]
pub trait Tx: UnitOfWork + SecondFactors + Devices + Machines {
    /// Stores it and records `UserRegistered`; stores nothing where the address is taken.
    async fn add_account(&mut self, account: &Account, hash: &str) -> Result<(), StoreError>;
    /// The account with its roles.
    async fn account(&mut self, user: UserId) -> Result<Option<Account>, StoreError>;
    /// Locks the account of a person.
    async fn account_for_update(&mut self, user: UserId) -> Result<Option<Account>, StoreError>;
    /// The account of an address, with its password's argon2id hash.
    async fn credentials(&mut self, email: &str) -> Result<Option<(UserId, String)>, StoreError>;
    /// Adds the role and records `RoleGranted`; nothing happens where the person has it.
    async fn grant_role(&mut self, user: UserId, role: Role, by: &str) -> Result<(), StoreError>;
    /// A client, and its secret's hash if it has one.
    async fn client(&mut self, id: &str) -> Result<Option<(Client, Option<Digest>)>, StoreError>;
    /// Stores a client with its secret's hash, or what changed about it.
    async fn save_client(
        &mut self,
        client: &Client,
        secret: Option<Digest>,
    ) -> Result<(), StoreError>;
    /// Stores a new session with the hash of its cookie's secret; records `SignedIn` unless a code
    /// is still to come.
    async fn add_session(&mut self, session: &Session, browser: Digest) -> Result<(), StoreError>;
    /// Locks a session.
    async fn session_for_update(&mut self, id: SessionId) -> Result<Option<Session>, StoreError>;
    /// Whose session a browser's cookie is of; locks nothing.
    async fn session_user(&mut self, browser: Digest) -> Result<Option<UserId>, StoreError>;
    /// Locks the session of a browser's cookie.
    async fn browser_session_for_update(
        &mut self,
        browser: Digest,
    ) -> Result<Option<Session>, StoreError>;
    /// Stores how it ended, once, and records `RefreshTokenReused` or `SessionEnded`.
    async fn save_session(&mut self, session: &Session) -> Result<(), StoreError>;
    /// Locks the session of a code, then reads both.
    async fn code_for_update(
        &mut self,
        hash: Digest,
    ) -> Result<Option<(Session, Code)>, StoreError>;
    /// Stores a code, new or used.
    async fn save_code(
        &mut self,
        hash: Digest,
        session: SessionId,
        code: &Code,
    ) -> Result<(), StoreError>;
    /// Locks the session of a refresh token, then reads both.
    async fn refresh_for_update(
        &mut self,
        hash: Digest,
    ) -> Result<Option<(Session, RefreshToken)>, StoreError>;
    /// Stores a refresh token, new or used.
    async fn save_refresh(
        &mut self,
        hash: Digest,
        session: SessionId,
        token: &RefreshToken,
    ) -> Result<(), StoreError>;
    /// The accounts of these people, as far as there are any.
    async fn contacts(&mut self, users: &[UserId]) -> Result<Vec<Account>, StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
    /// The sessions of all tenants, machines' too, that ended at this instant or later.
    async fn ended_since(&self, at: OffsetDateTime) -> Result<Vec<SessionId>, StoreError>;
    /// Deletes the codes and refresh tokens of all sessions that began before; how many.
    async fn forget(&self, began_before: OffsetDateTime) -> Result<u64, StoreError>;
}

/// A second factor that a person is to take into their authenticator.
pub struct Enrolment {
    /// For the form: nobody else's form can use it.
    pub sealed: String,
    /// To type, in base 32.
    pub secret: String,
    /// To photograph: an SVG of the `otpauth` address.
    pub picture: String,
}

/// What only cryptography can do.
#[async_trait]
pub trait Vault: Send + Sync {
    /// The argon2id hash of a new password.
    async fn hash(&self, password: String) -> Result<String, StoreError>;
    /// Whether the password has the hash; `None` costs the same time and is never true.
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, StoreError>;
    /// 256 bits from the system, as unpadded base64url.
    fn secret(&self) -> String;
    /// A signed access token (RS256).
    fn sign(&self, claims: &Claims) -> Result<String, StoreError>;
    /// A signed id token (RS256): no API takes it for an access token.
    fn sign_id(&self, claims: &IdClaims) -> Result<String, StoreError>;
    /// What an access token of ours says, while it is valid.
    fn open(&self, access: &str) -> Option<Claims>;
    /// A new second factor for this account.
    fn enrolment(&self, account: &Account) -> Result<Enrolment, StoreError>;
    /// What an enrolment's form has sealed, as it is kept; none where it was not this person's.
    fn sealed(&self, user: UserId, sealed: &str) -> Option<Vec<u8>>;
    /// The same of a secret that is known already.
    fn seal(&self, user: UserId, secret: &[u8]) -> Vec<u8>;
    /// The step that a code is of, at an instant, if it is right; `proof` is the sealed secret
    /// and the code.
    fn step(
        &self,
        user: UserId,
        proof: (&[u8], &str),
        now: OffsetDateTime,
    ) -> Result<Option<i64>, StoreError>;
    /// 80 bits from the system, in groups that a person can write down.
    fn recovery_code(&self) -> String;
    /// The public keys, as a JWK set in JSON.
    fn jwks(&self) -> String;
}
