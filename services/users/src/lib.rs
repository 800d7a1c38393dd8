//! Users: profiles, whether a person's identity is verified, what an investor may put up, and what
//! a person has agreed to (domain.md §1).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::sync::Arc;
use std::time::Duration;

use authz::Verifier;
use contracts::users::users_server::UsersServer;
use journal::{Apply, Subscription};
use pg::Database;
use service::{Service, Worker};
use tonic::service::RoutesBuilder;

use application::App;
use application::expire_kyc::expire_kyc;
use application::issue_texts::issue_texts;
use interfaces::{OfAuth, OfProjects, RIGHTS, Rpcs};

pub use infrastructure::{KycFiles, MIGRATOR, verify};

/// How long something due may wait.
const SWEEP: Duration = Duration::from_millis(500);

/// What the operator says.
pub struct Config {
    /// Where papers are kept.
    pub blobs: blob::Blobs,
}

/// Puts the service together; nothing of it runs yet.
pub fn start(db: Database, verifier: Arc<Verifier>, config: Config) -> Service {
    let Config { blobs } = config;
    let app = App {
        store: Arc::new(db.clone()),
        files: Arc::new(KycFiles(blobs)),
    };
    let mut routes = RoutesBuilder::default();
    routes.add_service(UsersServer::new(Rpcs { app: app.clone() }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    let sweeper = Worker::every("sweeper", SWEEP, &app, |app| async move {
        expire_kyc(&app).await
    });
    let issuer = Worker::every("issuer", SWEEP, &app, |app| async move {
        issue_texts(&app).await
    });
    service.workers.extend([sweeper, issuer]);
    let reactions: [(&'static str, Arc<dyn Apply>); 2] = [
        ("auth", Arc::new(OfAuth)),
        ("projects", Arc::new(OfProjects)),
    ];
    service.subscriptions = reactions
        .map(|(producer, apply)| Subscription { producer, apply })
        .into();
    service
}
