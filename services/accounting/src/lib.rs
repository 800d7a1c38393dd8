//! Accounting: the books of the platform. Wallets, holds, escrow, snapshots, settlement runs,
//! payouts (domain.md §5, §7, §9).

pub mod application;
pub mod domain;
pub mod infrastructure;
pub mod interfaces;

use std::sync::Arc;
use std::time::Duration;

use authz::Verifier;
use contracts::accounting::accounting_server::AccountingServer;
use journal::{Apply, Subscription};
use pg::Database;
use service::{Service, Worker};
use tonic::service::RoutesBuilder;

use application::App;
use interfaces::{OfAuth, OfParticipation, OfProjects, OfUsers, RIGHTS, Rpcs};

pub use infrastructure::{MIGRATOR, verify};

/// How often holds that are too old are counted.
const OLD_HOLDS_EVERY: Duration = Duration::from_mins(1);

/// Puts the service together; nothing of it runs yet.
pub fn start(db: Database, verifier: Arc<Verifier>) -> Service {
    let database = Arc::new(db.clone());
    let app = App {
        store: Arc::clone(&database) as _,
        reads: database,
    };
    let mut routes = RoutesBuilder::default();
    routes.add_service(AccountingServer::new(Rpcs { app }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let holds = Worker::every(
        "old-holds",
        OLD_HOLDS_EVERY,
        &db,
        infrastructure::watch_old_holds,
    );
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    service.workers.push(holds);
    let reactions: [(&'static str, Arc<dyn Apply>); 4] = [
        ("auth", Arc::new(OfAuth)),
        ("projects", Arc::new(OfProjects)),
        ("participation", Arc::new(OfParticipation)),
        ("users", Arc::new(OfUsers)),
    ];
    service.subscriptions = reactions
        .map(|(producer, apply)| Subscription { producer, apply })
        .into();
    service
}
