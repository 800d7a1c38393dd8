//! What only cryptography can do: argon2id, RS256 and randomness.

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm as Argon2Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use authz::Claims as Access;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::{EventId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, encode};
use rand::TryRng as _;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use totp_rs::Secret;
use uow::StoreError;

use super::Keys;
use super::totp::Seal;
use crate::application::ports::{self, Account, Enrolment};
use crate::domain::{Claims, IdClaims, Scope};

/// The audience of tokens that call the platform; others are for this service alone.
const PLATFORM: &str = "fondeo";
/// 46 MiB, one pass, one lane (security.md §Identity 22).
const ARGON2: (u32, u32, u32) = (46 * 1_024, 1, 1);
/// So many more than there are cores may wait to hash; the next is told to try again.
const WAITING_MAX: usize = 256;

/// Hashes with argon2id, signs with the folder's newest key.
pub struct Vault {
    keys: Keys,
    issuer: String,
    cores: Arc<Semaphore>,
    room: Arc<Semaphore>,
    nobody: String,
    seal: Seal,
}

/// An access token (RFC 9068): what the verifier reads, and for whom it was made.
#[derive(Serialize, Deserialize)]
struct AccessToken {
    #[serde(flatten)]
    access: Access,
    client_id: String,
    scope: String,
}

#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    sid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    amr: Vec<String>,
    auth_time: i64,
    iat: i64,
    exp: i64,
}

impl Vault {
    /// Signs in the name of the issuer, the service's public base URL.
    pub fn new(keys: Keys, issuer: &str) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        let unused = secret();
        Self {
            seal: Seal::new(keys.seal()),
            keys,
            issuer: issuer.to_owned(),
            cores: Arc::new(Semaphore::new(cores)),
            room: Arc::new(Semaphore::new(cores + WAITING_MAX)),
            nobody: hash(&unused).expect("the parameters are in range"),
        }
    }

    /// Runs on a thread of its own when a core is free; refuses at once when too many wait.
    async fn on_a_core<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _room = self.room.try_acquire().map_err(|_| StoreError::Conflict)?;
        // The thread goes on when the caller is gone, so the core is given back by the thread.
        let core = Arc::clone(&self.cores).acquire_owned().await;
        let core = core.expect("it is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(core);
            answer
        });
        done.await.map_err(StoreError::failed)?
    }

    fn signed(&self, typ: &str, claims: &impl Serialize) -> Result<String, StoreError> {
        let (kid, key) = self.keys.signing();
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(kid.to_owned());
        encode(&header, claims, key).map_err(StoreError::failed)
    }

    fn read(&self, access: &str) -> Option<AccessToken> {
        let header = decode_header(access).ok()?;
        if header.typ.as_deref() != Some("at+jwt") {
            return None;
        }
        let key = DecodingKey::from_jwk(self.keys.find(&header.kid?)?).ok()?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[PLATFORM, &self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = 5;
        Some(
            decode::<AccessToken>(access, &key, &validation)
                .ok()?
                .claims,
        )
    }
}

#[async_trait]
impl ports::Vault for Vault {
    async fn hash(&self, password: String) -> Result<String, StoreError> {
        self.on_a_core(move || hash(&password)).await
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, StoreError> {
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        self.on_a_core(move || {
            let is_right = argon2().verify_password(password.as_bytes(), hash.as_str());
            Ok(is_right.is_ok() && is_somebody)
        })
        .await
    }

    fn secret(&self) -> String {
        secret()
    }

    fn sign(&self, claims: &Claims) -> Result<String, StoreError> {
        let is_for_platform = claims.scopes.contains(&Scope::Fondeo);
        let scopes: Vec<_> = claims.scopes.iter().map(ToString::to_string).collect();
        let token = AccessToken {
            access: Access {
                iss: self.issuer.clone(),
                aud: if is_for_platform {
                    PLATFORM
                } else {
                    &self.issuer
                }
                .to_owned(),
                sub: claims.user.to_string(),
                tenant: claims.tenant.to_string(),
                roles: claims.roles.iter().map(ToString::to_string).collect(),
                sid: claims.session.to_string(),
                jti: EventId::new().to_string(),
                amr: methods(claims.has_otp),
                auth_time: claims.auth_time.unix_timestamp(),
                iat: claims.issued_at.unix_timestamp(),
                nbf: claims.issued_at.unix_timestamp(),
                exp: claims.expires_at.unix_timestamp(),
            },
            client_id: claims.client.clone(),
            scope: scopes.join(" "),
        };
        self.signed("at+jwt", &token)
    }

    fn sign_id(&self, claims: &IdClaims) -> Result<String, StoreError> {
        let token = IdToken {
            iss: &self.issuer,
            aud: &claims.client,
            sub: claims.user.to_string(),
            sid: claims.session.to_string(),
            nonce: claims.nonce.as_deref(),
            amr: methods(claims.has_otp),
            auth_time: claims.auth_time.unix_timestamp(),
            iat: claims.issued_at.unix_timestamp(),
            exp: claims.expires_at.unix_timestamp(),
        };
        self.signed("JWT", &token)
    }

    fn open(&self, access: &str) -> Option<Claims> {
        let AccessToken {
            access,
            client_id,
            scope,
        } = self.read(access)?;
        let instant = |at| OffsetDateTime::from_unix_timestamp(at).ok();
        Some(Claims {
            tenant: access.tenant.parse().ok()?,
            user: access.sub.parse().ok()?,
            session: access.sid.parse().ok()?,
            client: client_id,
            scopes: scope
                .split(' ')
                .map(|name| name.parse().ok())
                .collect::<Option<_>>()?,
            roles: access
                .roles
                .iter()
                .map(|role| Some(role.parse::<authz::Role>().ok()?.into()))
                .collect::<Option<_>>()?,
            has_otp: access.amr.iter().any(|method| method == "otp"),
            auth_time: instant(access.auth_time)?,
            issued_at: instant(access.iat)?,
            expires_at: instant(access.exp)?,
        })
    }

    fn enrolment(&self, account: &Account) -> Result<Enrolment, StoreError> {
        self.seal.enrolment(account)
    }

    fn sealed(&self, user: UserId, sealed: &str) -> Option<Vec<u8>> {
        self.seal.read(user, sealed)
    }

    fn seal(&self, user: UserId, secret: &[u8]) -> Vec<u8> {
        self.seal.seal(user, secret)
    }

    fn step(
        &self,
        user: UserId,
        proof: (&[u8], &str),
        now: OffsetDateTime,
    ) -> Result<Option<i64>, StoreError> {
        self.seal.step(user, proof, now)
    }

    fn recovery_code(&self) -> String {
        let text = Secret::from(random::<10>().as_slice()).to_base32();
        let groups = text.as_bytes().chunks(4);
        let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
        groups.join("-")
    }

    fn jwks(&self) -> String {
        serde_json::to_string(&self.keys.jwks()).expect("a key set is plain data")
    }
}

/// How the person proved who they are (RFC 8176).
fn methods(has_otp: bool) -> Vec<String> {
    let methods = ["pwd", "otp"].into_iter().take(1 + usize::from(has_otp));
    methods.map(str::to_owned).collect()
}

fn argon2() -> Argon2<'static> {
    let (memory_kib, passes, lanes) = ARGON2;
    let params = Params::new(memory_kib, passes, lanes, None).expect("they are in range");
    Argon2::new(Argon2Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, StoreError> {
    let hashed: PasswordHash = argon2()
        .hash_password_with_salt(password.as_bytes(), &random::<16>())
        .map_err(|err| StoreError::failed(err.to_string()))?;
    Ok(hashed.to_string())
}

fn secret() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .expect("without the system's randomness nothing may go on");
    bytes
}
