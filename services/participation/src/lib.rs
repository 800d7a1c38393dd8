//! Participation: who takes part in which project, with how much. Owns offerings and
//! participations and keeps `reserved + approved <= goal` under any concurrency (domain.md §3).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::sync::Arc;
use std::time::Duration;

use authz::Verifier;
use contracts::participation::participation_server::ParticipationServer;
use journal::{Apply, Subscription};
use pg::Database;
use service::{Service, Worker};
use tonic::service::RoutesBuilder;

use application::App;
use application::sweep::{expire_due, promote_due, seal_due};
use interfaces::{OfAccounting, OfProjects, OfUsers, RIGHTS, Rpcs};

pub use infrastructure::{MIGRATOR, verify};

/// How long something due may wait.
const SWEEP: Duration = Duration::from_millis(500);
/// How long free room may wait for somebody who could not have it when it became free.
const PROMOTION: Duration = Duration::from_secs(2);

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
    let expiry = Worker::every("expiry", SWEEP, &app, |app| async move {
        expire_due(&app).await
    });
    service.workers.push(expiry);
    let promotion = Worker::every("promotion", PROMOTION, &app, |app| async move {
        promote_due(&app).await
    });
    service.workers.push(promotion);
    let seal = Worker::every(
        "seal",
        SWEEP,
        &app,
        |app| async move { seal_due(&app).await },
    );
    service.workers.push(seal);
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
