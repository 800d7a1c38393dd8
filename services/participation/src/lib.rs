//! Participation: who takes part in which project, with how much. Owns offerings and
//! participations and keeps `reserved + approved <= goal` under any concurrency (domain.md §3).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::sync::Arc;

use authz::Verifier;
use contracts::participation::participation_server::ParticipationServer;
use journal::{Apply, Subscription};
use pg::Database;
use service::Service;
use tonic::service::RoutesBuilder;

use application::App;
use interfaces::{OfAccounting, OfProjects, OfUsers, RIGHTS, Rpcs, sweeper};

pub use infrastructure::{MIGRATOR, verify};

/// Puts the service together; nothing of it runs yet.
pub fn start(db: Database, verifier: Arc<Verifier>) -> Service {
    let database = Arc::new(db.clone());
    let app = App {
        store: Arc::clone(&database) as _,
        reads: database,
    };
    let mut routes = RoutesBuilder::default();
    routes.add_service(ParticipationServer::new(Rpcs { app: app.clone() }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    service.workers.push(sweeper(app));
    let reactions: [(&'static str, Arc<dyn Apply>); 3] = [
        ("users", Arc::new(OfUsers)),
        ("projects", Arc::new(OfProjects)),
        ("accounting", Arc::new(OfAccounting)),
    ];
    service.subscriptions = reactions
        .map(|(producer, apply)| Subscription { producer, apply })
        .into();
    service
}
