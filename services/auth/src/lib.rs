//! Auth: accounts, roles, sessions and the tokens that come from them, by OAuth 2 (security.md
//! §Identity).

pub mod application;
pub mod domain;
