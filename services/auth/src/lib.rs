//! Auth: accounts, roles, sessions and the tokens that come from them, by OAuth 2 (security.md
//! §Identity).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::sync::Arc;
use std::time::Duration;

use authz::{Actor, Verifier};
use contracts::auth::auth_server::AuthServer;
use ids::{EventId, TenantId};
use pg::Database;
use service::{Service, Worker};
use tonic::service::RoutesBuilder;
use uow::StoreError;
use uuid::Uuid;

use application::App;
use application::recall_ended::recall_ended;
use application::register_clients::register_clients;
use application::seed_account::seed_account;
use application::sweep::forget_past;
use interfaces::{RIGHTS, Rpcs, Site, router};

pub use application::register_clients::RegisterClient as ClientConfig;
pub use application::seed_account::{SeedAccount, SeedError};
pub use domain::Scope;
pub use infrastructure::{Keys, KeysError, MIGRATOR, verify};

/// What the operator says.
pub struct Config {
    /// The public base URL without a slash at its end: `iss` in tokens.
    pub issuer: String,
    /// Whose people sign in here.
    pub tenant: TenantId,
    /// What signs; the verifier that `start` gets reads the same `Keys::jwks`.
    pub keys: Keys,
    /// The programs that may send people here.
    pub clients: Vec<ClientConfig>,
    /// Whether cookies are `__Host-` and `Secure`: everywhere but on plain http for development.
    pub secure_cookies: bool,
    /// Where people who are signed in can try the API, as in `/graphql`; none in production.
    pub explorer: Option<String>,
}

/// Makes the clients known and puts the service together; nothing of it runs yet. Its pages know
/// callers by `axum::extract::ConnectInfo<SocketAddr>`, which the server must give.
pub async fn start(
    db: Database,
    verifier: Arc<Verifier>,
    config: Config,
) -> Result<Service, StoreError> {
    let refusing = Arc::clone(&verifier);
    let app = App {
        on_ended: Arc::new(move |session| refusing.end_session(session)),
        ..app(&db, &config.keys, &config.issuer)
    };
    recall_ended(&app).await?;
    register_clients(&app, &operator(config.tenant), config.clients).await?;
    let mut routes = RoutesBuilder::default();
    routes.add_service(AuthServer::new(Rpcs { app: app.clone() }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    let hour = Duration::from_hours(1);
    let sweeper = Worker::every("sweeper", hour, &app, |app| async move {
        forget_past(&app).await
    });
    service.workers.push(sweeper);
    service.pages = Some(router(Site {
        app,
        tenant: config.tenant,
        issuer: config.issuer,
        secure_cookies: config.secure_cookies,
        explorer: config.explorer,
    }));
    Ok(service)
}

/// Makes the operator's accounts where they are missing.
pub async fn seed(
    db: &Database,
    keys: &Keys,
    tenant: TenantId,
    accounts: &[SeedAccount],
) -> Result<(), SeedError> {
    let app = app(db, keys, "");
    for account in accounts {
        seed_account(&app, &operator(tenant), account).await?;
    }
    Ok(())
}

fn app(db: &Database, keys: &Keys, issuer: &str) -> App {
    App {
        store: Arc::new(db.clone()),
        vault: Arc::new(infrastructure::Vault::new(keys.clone(), issuer)),
        on_ended: Arc::new(drop),
    }
}

fn operator(tenant: TenantId) -> Actor {
    Actor::service("auth", tenant, Uuid::from(EventId::new()))
}
