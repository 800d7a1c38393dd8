//! Registered programs, and what they ask when they send a person to sign in.

use strum::{Display, EnumString};

use super::{Challenge, OauthError};

/// A longer nonce is refused.
const NONCE_BYTES_MAX: usize = 255;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// Signs in: an id token beside the access token.
    Openid,
    /// Calls the platform in the person's name, with the person's roles.
    Fondeo,
    /// Stays signed in: a refresh token.
    OfflineAccess,
}

/// Whether a program can keep a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientKind {
    /// In a person's hands: no secret, loopback addresses allowed.
    Public,
    /// On a server of ours.
    Confidential,
}

/// A registered program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its public name.
    pub id: String,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// The only addresses that answers may go to.
    pub redirect_uris: Vec<String>,
    /// All that it may ask for.
    pub scopes: Vec<Scope>,
}

/// A request as it came, before any rule.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizationRequest<'a> {
    /// Must be `code`.
    pub response_type: &'a str,
    /// Where the answer should go.
    pub redirect_uri: &'a str,
    /// Names with spaces between.
    pub scope: &'a str,
    /// PKCE (RFC 7636).
    pub code_challenge: &'a str,
    /// Must be `S256`.
    pub code_challenge_method: &'a str,
    /// Comes back in the id token; empty where the client gave none.
    pub nonce: &'a str,
}

/// A request that may be answered with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorized {
    /// Who asked.
    pub client: String,
    /// Where the answer goes; the exchange must repeat it.
    pub redirect_uri: String,
    /// What was asked, sorted, each once.
    pub scopes: Vec<Scope>,
    /// Whom the code is for.
    pub challenge: Challenge,
    /// For the id token.
    pub nonce: Option<String>,
}

impl Client {
    /// Judges a request. The address comes first: until it is known, no refusal may be sent there.
    pub fn judge(&self, request: AuthorizationRequest<'_>) -> Result<Authorized, OauthError> {
        if !self.redirects_to(request.redirect_uri) {
            return Err(OauthError::UnknownRedirect);
        }
        if request.response_type != "code" {
            return Err(OauthError::UnsupportedResponseType);
        }
        let challenge = Challenge::try_new(request.code_challenge_method, request.code_challenge)?;
        if request.nonce.len() > NONCE_BYTES_MAX {
            return Err(OauthError::InvalidRequest);
        }
        Ok(Authorized {
            client: self.id.clone(),
            redirect_uri: request.redirect_uri.to_owned(),
            scopes: self.scopes_of(request.scope)?,
            challenge,
            nonce: Some(request.nonce.to_owned()).filter(|nonce| !nonce.is_empty()),
        })
    }

    /// Whether answers may go there: exactly a registered address, except that a public client on
    /// a loopback address may use any port (RFC 8252 §7.3).
    pub fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| {
            registered == uri
                || (self.kind == ClientKind::Public
                    && loopback(registered).is_some()
                    && loopback(registered) == loopback(uri))
        })
    }

    fn scopes_of(&self, text: &str) -> Result<Vec<Scope>, OauthError> {
        let mut scopes = Vec::new();
        for name in text.split(' ').filter(|name| !name.is_empty()) {
            let scope: Scope = name.parse().map_err(|_| OauthError::InvalidScope)?;
            if !self.scopes.contains(&scope) {
                return Err(OauthError::InvalidScope);
            }
            scopes.push(scope);
        }
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(OauthError::InvalidScope);
        }
        Ok(scopes)
    }
}

/// Host and path of a loopback address, without its port. `localhost` is none: what it names is
/// for the machine's name service to say.
fn loopback(uri: &str) -> Option<(&'static str, &str)> {
    ["127.0.0.1", "[::1]"].into_iter().find_map(|host| {
        let rest = uri.strip_prefix("http://")?.strip_prefix(host)?;
        let path_at = rest.find('/')?;
        let (port, path) = rest.split_at(path_at);
        let is_port = port.is_empty()
            || port.strip_prefix(':').is_some_and(|digits| {
                digits.bytes().all(|c| c.is_ascii_digit()) && digits.parse::<u16>().is_ok()
            });
        is_port.then_some((host, path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(kind: ClientKind) -> Client {
        Client {
            id: "fondeo-web".to_owned(),
            kind,
            redirect_uris: vec![
                "https://fondeo.example/back".to_owned(),
                "http://127.0.0.1/back".to_owned(),
            ],
            scopes: vec![Scope::Openid, Scope::Fondeo],
        }
    }

    const GOOD: AuthorizationRequest<'static> = AuthorizationRequest {
        response_type: "code",
        redirect_uri: "https://fondeo.example/back",
        scope: "openid fondeo openid",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        nonce: "",
    };

    #[test]
    fn a_redirect_address_matches_exactly_but_for_a_loopback_port() {
        let table = [
            ("https://fondeo.example/back", true),
            ("https://fondeo.example/back/", false),
            ("https://fondeo.example/back?x=1", false),
            ("https://fondeo.example:443/back", false),
            ("https://FONDEO.example/back", false),
            ("https://fondeo.example.evil/back", false),
            ("http://127.0.0.1/back", true),
            ("http://127.0.0.1:51004/back", true),
            ("http://127.0.0.1:51004/other", false),
            ("http://127.0.0.1:99999/back", false),
            ("http://127.0.0.1:1@evil.example/back", false),
            ("http://127.0.0.1.evil.example/back", false),
            ("http://[::1]:51004/back", false),
            ("http://localhost:51004/back", false),
            ("https://127.0.0.1:51004/back", false),
        ];
        for (uri, expected) in table {
            assert_eq!(
                client(ClientKind::Public).redirects_to(uri),
                expected,
                "{uri}"
            );
        }
    }

    #[test]
    fn a_confidential_client_has_no_free_port() {
        assert!(!client(ClientKind::Confidential).redirects_to("http://127.0.0.1:51004/back"));
    }

    #[test]
    fn a_request_is_judged_address_first() {
        let table = [
            (GOOD, None),
            (
                AuthorizationRequest {
                    redirect_uri: "https://evil.example",
                    ..GOOD
                },
                Some(OauthError::UnknownRedirect),
            ),
            (
                AuthorizationRequest {
                    response_type: "token",
                    ..GOOD
                },
                Some(OauthError::UnsupportedResponseType),
            ),
            (
                AuthorizationRequest {
                    code_challenge_method: "plain",
                    ..GOOD
                },
                Some(OauthError::ChallengeRequired),
            ),
            (
                AuthorizationRequest { scope: "", ..GOOD },
                Some(OauthError::InvalidScope),
            ),
            (
                AuthorizationRequest {
                    scope: "root",
                    ..GOOD
                },
                Some(OauthError::InvalidScope),
            ),
            (
                AuthorizationRequest {
                    scope: "openid offline_access",
                    ..GOOD
                },
                Some(OauthError::InvalidScope),
            ),
        ];
        for (request, refusal) in table {
            let answer = client(ClientKind::Public).judge(request);
            assert_eq!(answer.as_ref().err().copied(), refusal, "{request:?}");
        }
    }

    #[test]
    fn scopes_come_out_sorted_and_once() {
        let answer = client(ClientKind::Public).judge(GOOD).expect("good");
        assert_eq!(answer.scopes, [Scope::Openid, Scope::Fondeo]);
    }
}
