//! The operator's own programs become known; the configuration is their register.

use authz::Actor;
use uow::StoreError;

use super::App;
use super::tokens::digest;
use crate::domain::{Client, ClientKind, Scope};

/// A program that may send people to sign in, as configured.
#[derive(Clone, Debug)]
pub struct RegisterClient {
    /// Its public name.
    pub id: String,
    /// 256 random bits as text; without one the client is public.
    pub secret: Option<String>,
    /// The only addresses that answers may go to.
    pub redirect_uris: Vec<String>,
    /// All that it may ask for.
    pub scopes: Vec<Scope>,
}

/// Stores them, or what changed about them.
pub async fn register_clients(
    app: &App,
    actor: &Actor,
    clients: Vec<RegisterClient>,
) -> Result<(), StoreError> {
    let mut tx = app.store.begin(actor).await?;
    for given in clients {
        let kind = match given.secret {
            Some(_) => ClientKind::Confidential,
            None => ClientKind::Public,
        };
        let client = Client {
            id: given.id,
            kind,
            redirect_uris: given.redirect_uris,
            scopes: given.scopes,
        };
        let secret = given.secret.as_deref().map(digest);
        tx.save_client(&client, secret).await?;
    }
    tx.commit().await
}
