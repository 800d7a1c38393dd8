//! The refusals of the protocol, with the codes of RFC 6749 (§4.1.2.1 and §5.2).

/// Why an OAuth request is refused. `code` is what the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OauthError {
    /// The client is not known, or may not use this.
    #[error("the client is not known")]
    UnknownClient,
    /// The redirect address is not registered: the answer is shown here and sent nowhere.
    #[error("the redirect address is not registered for this client")]
    UnknownRedirect,
    /// A parameter is missing, comes twice or has a value that is not served.
    #[error("a parameter is missing, repeated or malformed")]
    InvalidRequest,
    /// The person would have to be asked, and the client forbade it (`prompt=none`).
    #[error("the person must sign in")]
    LoginRequired,
    /// Only `response_type=code` is served.
    #[error("only the response type `code` is served")]
    UnsupportedResponseType,
    /// PKCE is required, by S256 only.
    #[error("a PKCE challenge by S256 is required")]
    ChallengeRequired,
    /// A scope that does not exist or that the client may not ask for.
    #[error("the scope is unknown or not allowed to this client")]
    InvalidScope,
    /// The grant is none of those served to this client.
    #[error("the grant type is not served")]
    UnsupportedGrantType,
    /// A machine's tokens end with its credential and cannot be given back one by one.
    #[error("access tokens of machines are not revoked one by one: revoke the credential")]
    UnsupportedTokenType,
    /// The code or the refresh token is wrong, expired, ended or another client's.
    #[error("the grant is invalid, expired or revoked")]
    InvalidGrant,
}

impl OauthError {
    /// The code of RFC 6749.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownClient => "invalid_client",
            Self::UnknownRedirect | Self::InvalidRequest | Self::ChallengeRequired => {
                "invalid_request"
            }
            Self::LoginRequired => "login_required",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidGrant => "invalid_grant",
        }
    }

    /// Whether the refusal may travel to the redirect address: never before client and address
    /// are known to belong together (RFC 6749 §4.1.2.1).
    pub const fn is_sent_to_redirect(self) -> bool {
        match self {
            Self::UnknownClient | Self::UnknownRedirect => false,
            Self::InvalidRequest
            | Self::LoginRequired
            | Self::UnsupportedResponseType
            | Self::ChallengeRequired
            | Self::InvalidScope
            | Self::UnsupportedGrantType
            | Self::UnsupportedTokenType
            | Self::InvalidGrant => true,
        }
    }
}
