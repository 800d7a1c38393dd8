//! People of a test, with tokens that the real verifier takes.

use std::sync::Arc;

use authz::{Claims, Role, Verifier};
use ids::{SessionId, TenantId, UserId};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

const ISSUER: &str = "https://auth.test";
const AUDIENCE: &str = "fondeo";
const KID: &str = "test";

/// Signs tokens with a key of its own, as the auth service does with its.
pub struct TokenMaker {
    key: EncodingKey,
    keys: JwkSet,
}

/// One person of a test.
#[derive(Clone, Debug)]
pub struct Person {
    /// Whose platform.
    pub tenant: TenantId,
    /// The person.
    pub id: UserId,
    /// With these roles.
    pub roles: Vec<Role>,
}

impl TokenMaker {
    /// Makes an RSA key: about a second in a build without optimisation.
    pub fn new() -> Self {
        let pair =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
                .expect("an RSA key");
        let key = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes()).expect("a PEM key");
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).expect("a public key");
        jwk.common.key_id = Some(KID.to_owned());
        Self {
            key,
            keys: JwkSet { keys: vec![jwk] },
        }
    }

    /// A verifier that trusts this maker.
    pub fn verifier(&self) -> Verifier {
        let keys = self.keys.clone();
        Verifier::new(
            ISSUER,
            AUDIENCE,
            Arc::new(move || {
                let keys = keys.clone();
                Box::pin(async move { Ok(keys) })
            }),
        )
    }

    /// The claims of a token that is valid for five minutes; change one to spoil it.
    pub fn claims(person: &Person) -> Claims {
        let now = clock::real_now().unix_timestamp();
        Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: person.id.to_string(),
            tenant: person.tenant.to_string(),
            roles: person.roles.iter().map(ToString::to_string).collect(),
            sid: SessionId::new().to_string(),
            jti: ids::EventId::new().to_string(),
            amr: vec!["pwd".to_owned(), "otp".to_owned()],
            auth_time: now,
            iat: now,
            nbf: now,
            exp: now + 300,
        }
    }

    /// A signed access token.
    pub fn token(&self, claims: &Claims) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(KID.to_owned());
        self.sign(&header, claims)
    }

    /// A token under any header.
    pub fn sign(&self, header: &Header, claims: &Claims) -> String {
        encode(header, claims, &self.key).expect("a signature")
    }
}

impl Default for TokenMaker {
    fn default() -> Self {
        Self::new()
    }
}
