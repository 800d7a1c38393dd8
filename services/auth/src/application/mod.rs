//! The use cases: one file each.

pub mod account;
pub mod authorize;
pub mod client_credentials;
pub mod contacts;
pub mod enroll_totp;
pub mod enter_code;
pub mod exchange_code;
pub mod grant_role;
pub mod limits;
pub mod machines;
pub mod ports;
pub mod recall_ended;
pub mod refresh;
pub mod register;
pub mod register_clients;
pub mod revoke;
pub mod seed_account;
pub mod sign_in;
pub mod sign_out;
pub mod sweep;

mod tokens;

use std::sync::Arc;

use ids::SessionId;
use ports::{Store, Vault};
pub use tokens::{GrantError, Tokens};

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// Hashing, randomness and signing.
    pub vault: Arc<dyn Vault>,
    /// Who refuses the tokens of a session that has ended.
    pub on_ended: Arc<dyn Fn(SessionId) + Send + Sync>,
}
