//! The rules of identity: who may sign in, what a client may ask, how long a proof holds. Real
//! instants come in as parameters; secrets come in only as SHA-256 digests.

mod client;
mod code;
mod error;
mod machine;
mod password;
mod pkce;
mod second_factor;
mod session;

pub use client::{AuthorizationRequest, Authorized, Client, ClientKind, Scope};
pub use code::{CODE_LIFE, Code, Redemption};
pub use error::OauthError;
pub use machine::{MACHINE_ROLE, Machine};
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordRefusal, check_password};
pub use pkce::{Challenge, check_verifier};
pub use second_factor::{Otp, RECOVERY_CODES, REMOVAL_FRESH, SecondFactor};
pub use session::{
    ACCESS_LIFE, Claims, Ended, IdClaims, REFRESH_LIFE, RefreshToken, SESSION_LIFE, Session,
    TokenState,
};

/// The SHA-256 of a secret: all that is ever stored of a code, a token or a verifier.
pub type Digest = [u8; 32];
