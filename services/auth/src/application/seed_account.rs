//! Accounts that an operator brings: the first administrator, the people of a demonstration.

use authz::{Actor, Role};
use ids::UserId;
use uow::StoreError;

use super::App;
use super::ports::{Account, Tx};
use crate::domain::{PasswordRefusal, SecondFactor, check_password};

/// One of them; any role, unlike those that people give themselves.
pub struct SeedAccount {
    /// Who: seeding the same person again changes nothing.
    pub user: UserId,
    /// Where to write to.
    pub email: String,
    /// Judged like everybody's.
    pub password: String,
    /// `es` or `en`.
    pub language: String,
    /// What the person is here.
    pub roles: Vec<Role>,
    /// The secret of a demonstration's second factor; everybody else takes their own.
    pub totp: Option<Vec<u8>>,
}

/// Why an account could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The password can't serve.
    #[error("the password of {email} can't serve: {source}")]
    Password {
        /// Whose.
        email: String,
        /// Why.
        source: PasswordRefusal,
    },
    /// Another person has the address.
    #[error("the address {0} belongs to another account: seed with another address")]
    AddressTaken(String),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the account unless the person has one.
#[tracing::instrument(name = "auth.seed_account", skip_all)]
pub async fn seed_account(app: &App, actor: &Actor, seed: &SeedAccount) -> Result<(), SeedError> {
    let mut tx = app.store.begin(actor).await?;
    let known = tx.account(seed.user).await?;
    if known.is_some() {
        seed_totp(app, &mut *tx, seed).await?;
        tx.commit().await?;
        return Ok(());
    }
    drop(tx);
    let email = seed.email.trim().to_lowercase();
    if let Err(source) = check_password(&seed.password, &email) {
        return Err(SeedError::Password { email, source });
    }
    let hash = app.vault.hash(seed.password.clone()).await?;
    let account = Account {
        user: seed.user,
        email,
        language: seed.language.clone(),
        roles: seed.roles.clone(),
    };
    let mut tx = app.store.begin(actor).await?;
    tx.add_account(&account, &hash).await?;
    if tx.account(account.user).await?.is_none() {
        return Err(SeedError::AddressTaken(account.email));
    }
    seed_totp(app, &mut *tx, seed).await?;
    tx.commit().await?;
    Ok(())
}

async fn seed_totp(app: &App, tx: &mut dyn Tx, seed: &SeedAccount) -> Result<(), StoreError> {
    let Some(secret) = &seed.totp else {
        return Ok(());
    };
    if tx.second_factor_for_update(seed.user).await?.is_some() {
        return Ok(());
    }
    let factor = SecondFactor {
        sealed: app.vault.seal(seed.user, secret),
        last_step: 0,
    };
    tx.enroll(seed.user, &factor, &[]).await
}
