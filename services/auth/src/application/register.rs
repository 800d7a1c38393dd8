//! A person opens an account.

use authz::{Actor, Role};
use ids::UserId;
use uow::StoreError;

use super::App;
use super::ports::Account;
use crate::domain::{PasswordRefusal, check_password};

/// What the person gives.
pub struct Register {
    /// Where to write to.
    pub email: String,
    /// Judged, hashed and forgotten.
    pub password: String,
    /// `es` or `en`.
    pub language: String,
    /// `Investor`, `Owner` or both.
    pub roles: Vec<Role>,
}

/// Why no account was asked for. That the address is taken is not among the reasons.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// No address.
    #[error("this is no address")]
    MalformedEmail,
    /// We write in Spanish and English.
    #[error("the language is `es` or `en`")]
    UnknownLanguage,
    /// Only investors and owners open accounts themselves.
    #[error("this role is granted, not chosen")]
    RoleNotOpen,
    /// The password can't serve.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens the account, unless the address has one: the answer is the same, and as slow.
#[tracing::instrument(name = "auth.register", skip_all)]
pub async fn register(app: &App, actor: &Actor, cmd: Register) -> Result<(), RegisterError> {
    let email = cmd.email.trim().to_lowercase();
    let is_address = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    // No list, no name beside the address, nothing that is not seen.
    let is_plain = |c: char| !c.is_whitespace() && text::is_seen(c) && !"<>()[],;:\\\"".contains(c);
    if !is_address || email.len() > 254 || !email.chars().all(is_plain) {
        return Err(RegisterError::MalformedEmail);
    }
    if !matches!(cmd.language.as_str(), "es" | "en") {
        return Err(RegisterError::UnknownLanguage);
    }
    let is_open = |role: &Role| matches!(role, Role::Investor | Role::Owner);
    if cmd.roles.is_empty() || !cmd.roles.iter().all(is_open) {
        return Err(RegisterError::RoleNotOpen);
    }
    check_password(&cmd.password, &email)?;
    let hash = app.vault.hash(cmd.password).await?;
    let account = Account {
        user: UserId::new(),
        email,
        language: cmd.language,
        roles: cmd.roles,
    };
    let mut tx = app.store.begin(actor).await?;
    tx.add_account(&account, &hash).await?;
    tx.commit().await?;
    Ok(())
}
