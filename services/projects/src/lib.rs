//! Projects: goods, costs, terms and life cycle of an import project (domain.md §2, §4, §5).

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::sync::Arc;
use std::time::Duration;

use authz::Verifier;
use contracts::projects::projects_server::ProjectsServer;
use journal::{Apply, Subscription};
use pg::Database;
use service::{Service, Worker};
use tonic::service::RoutesBuilder;

use application::App;
use application::key_information::issue_key_information;
use application::sweep::sweep_due;
use interfaces::{OfAccounting, OfParticipation, OfUsers, RIGHTS, Rpcs};

pub use infrastructure::{MIGRATOR, Replayed, Units, replay, verify};

/// What the operator decides.
#[derive(Clone)]
pub struct Config {
    /// Whether an admin may move business time: never where money is real.
    pub demo_time: bool,
    /// Where images and documents are kept.
    pub blobs: blob::Blobs,
}

/// How long something due may wait.
const SWEEP: Duration = Duration::from_millis(500);

/// Puts the service together; nothing of it runs yet.
pub fn start(db: Database, verifier: Arc<Verifier>, config: Config) -> Service {
    let Config { demo_time, blobs } = config;
    let database = Arc::new(db.clone());
    let app = App {
        store: Arc::clone(&database) as _,
        reads: database,
        demo_time,
        blobs,
    };
    let mut routes = RoutesBuilder::default();
    routes.add_service(ProjectsServer::new(Rpcs { app: app.clone() }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    let sweeper = Worker::every("sweeper", SWEEP, &app, |app| async move {
        sweep_due(&app).await
    });
    service.workers.push(sweeper);
    let informer = Worker::every("key information", SWEEP, &app, |app| async move {
        issue_key_information(&app).await
    });
    service.workers.push(informer);
    let reactions: [(&'static str, Arc<dyn Apply>); 3] = [
        ("users", Arc::new(OfUsers)),
        ("participation", Arc::new(OfParticipation)),
        ("accounting", Arc::new(OfAccounting)),
    ];
    service.subscriptions = reactions
        .map(|(producer, apply)| Subscription { producer, apply })
        .into();
    service
}
