//! One verifier of access tokens for the whole house (security.md §Identity 19): RS256 only, exact
//! `typ`, `iss` and `aud`, and a `kid` that our own key set knows.

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use ids::{SessionId, TenantId, UserId};
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::{Actor, Role, Subject};

/// The second factor among a token's methods.
const OTP: &str = "otp";

/// What an access token says (RFC 9068), in the order of the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// The person.
    pub sub: String,
    /// The operator whose person it is.
    pub tenant: String,
    /// Roles by their names.
    pub roles: Vec<String>,
    /// The sign-in that it comes from.
    pub sid: String,
    /// Its own id.
    pub jti: String,
    /// How the person proved who they are (RFC 8176): `pwd`, `otp`.
    #[serde(default)]
    pub amr: Vec<String>,
    /// When the person last proved who they are; seconds since 1970.
    pub auth_time: i64,
    /// Made at; seconds since 1970.
    pub iat: i64,
    /// Not valid before.
    pub nbf: i64,
    /// Not valid from here on.
    pub exp: i64,
}

/// Where the public keys come from: the auth service, over whatever link there is.
pub type KeySource = Arc<dyn Fn() -> BoxFuture<'static, Result<JwkSet, String>> + Send + Sync>;

/// Keys are asked for again after this time, and not oftener than `MIN_AGE` for an unknown `kid`.
const MAX_AGE: Duration = Duration::hours(1);
const MIN_AGE: Duration = Duration::seconds(10);

#[derive(Default)]
struct Keys {
    by_kid: HashMap<String, DecodingKey>,
    fetched: Option<OffsetDateTime>,
    tried: Option<OffsetDateTime>,
}

/// Tokens of a session that ended longer ago have expired by themselves.
const TOKENS_OUTLIVE: Duration = Duration::minutes(6);

/// Verifies access tokens with cached keys.
pub struct Verifier {
    source: KeySource,
    validation: Validation,
    keys: RwLock<Keys>,
    ended: Mutex<HashMap<SessionId, OffsetDateTime>>,
}

impl Verifier {
    /// Takes tokens of this issuer for this audience.
    pub fn new(issuer: &str, audience: &str, source: KeySource) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = 5;
        Self {
            source,
            validation,
            keys: RwLock::default(),
            ended: Mutex::default(),
        }
    }

    /// Takes no token of this session any more, from here on and in this process.
    pub fn end_session(&self, session: SessionId) {
        let now = clock::real_now();
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, at| now - *at < TOKENS_OUTLIVE);
        ended.insert(session, now);
    }

    fn refuse_ended(&self, claims: Claims) -> Result<Claims, String> {
        let session = claims.sid.parse::<SessionId>();
        let session = session.map_err(|_| "its sid is malformed")?;
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.contains_key(&session) {
            return Err("its session has ended".to_owned());
        }
        Ok(claims)
    }

    /// The person behind a token, or `None`: why is for the log, never for the caller.
    pub async fn verify(&self, token: &str, correlation: Uuid) -> Option<Actor> {
        match self
            .claims(token)
            .await
            .and_then(|claims| self.refuse_ended(claims))
            .and_then(|claims| actor(&claims, correlation))
        {
            Ok(actor) => Some(actor),
            Err(reason) => {
                tracing::info!(reason, "an access token was refused");
                None
            }
        }
    }

    async fn claims(&self, token: &str) -> Result<Claims, String> {
        let header = decode_header(token).map_err(|_| "its header is malformed")?;
        if header.alg != Algorithm::RS256 || header.typ.as_deref() != Some("at+jwt") {
            return Err("it is no RS256 access token".to_owned());
        }
        let kid = header.kid.ok_or("it names no key")?;
        let key = self.key(&kid).await?;
        decode::<Claims>(token, &key, &self.validation)
            .map(|token| token.claims)
            .map_err(|err| err.to_string())
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey, String> {
        let now = clock::real_now();
        let is_young = |at: Option<OffsetDateTime>, age| at.is_some_and(|at| now - at < age);
        let known = |keys: &Keys| {
            keys.by_kid
                .get(kid)
                .filter(|_| is_young(keys.fetched, MAX_AGE))
                .cloned()
        };
        if let Some(key) = known(&*self.keys.read().await) {
            return Ok(key);
        }
        let mut keys = self.keys.write().await;
        if !is_young(keys.tried, MIN_AGE) {
            keys.tried = Some(now);
            match (self.source)().await {
                Ok(set) => {
                    keys.by_kid = rsa_keys(&set);
                    keys.fetched = Some(now);
                }
                Err(reason) => tracing::warn!(reason, "the key set could not be fetched"),
            }
        }
        // Keys that are too old are no keys: fail closed (security.md, fault table).
        known(&keys).ok_or_else(|| "its key is unknown".to_owned())
    }
}

fn rsa_keys(set: &JwkSet) -> HashMap<String, DecodingKey> {
    let rsa = |jwk: &jsonwebtoken::jwk::Jwk| {
        matches!(jwk.algorithm, AlgorithmParameters::RSA(_))
            .then(|| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?)))?
    };
    set.keys.iter().filter_map(rsa).collect()
}

/// A role that needs a second factor is none without it, whatever the token says.
fn actor(claims: &Claims, correlation: Uuid) -> Result<Actor, String> {
    let malformed = |what: &str| format!("its {what} is malformed");
    let has_otp = claims.amr.iter().any(|method| method == OTP);
    Ok(Actor {
        tenant: claims
            .tenant
            .parse::<TenantId>()
            .map_err(|_| malformed("tenant"))?,
        subject: Subject::User(claims.sub.parse::<UserId>().map_err(|_| malformed("sub"))?),
        roles: claims
            .roles
            .iter()
            .map(|role| Role::from_str(role).map_err(|_| malformed("role")))
            .filter(|role| has_otp || !role.as_ref().is_ok_and(|role| role.needs_otp()))
            .collect::<Result<_, _>>()?,
        auth_time: Some(
            OffsetDateTime::from_unix_timestamp(claims.auth_time)
                .map_err(|_| malformed("auth_time"))?,
        ),
        correlation,
    })
}
