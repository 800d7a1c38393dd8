//! Users: profiles, and whether a person's identity is verified (domain.md §1).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::sync::Arc;

use authz::Verifier;
use contracts::users::users_server::UsersServer;
use journal::{Apply, Subscription};
use pg::Database;
use service::Service;
use tonic::service::RoutesBuilder;

use application::App;
use interfaces::{OfAuth, OfProjects, RIGHTS, Rpcs, sweeper};

pub use infrastructure::{MIGRATOR, verify};

/// Puts the service together; nothing of it runs yet.
pub fn start(db: Database, verifier: Arc<Verifier>) -> Service {
    let app = App {
        store: Arc::new(db.clone()),
    };
    let mut routes = RoutesBuilder::default();
    routes.add_service(UsersServer::new(Rpcs { app: app.clone() }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    service.workers.push(sweeper(app));
    let reactions: [(&'static str, Arc<dyn Apply>); 2] = [
        ("auth", Arc::new(OfAuth)),
        ("projects", Arc::new(OfProjects)),
    ];
    service.subscriptions = reactions
        .map(|(producer, apply)| Subscription { producer, apply })
        .into();
    service
}
