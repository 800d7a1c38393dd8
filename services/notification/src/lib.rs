//! Notification: which event tells what to whom, in the reader's language, in an inbox and by
//! mail. It knows nothing that the other services' events do not say, but for the addresses.

pub mod application;
pub mod domain;
mod infrastructure;
pub mod interfaces;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use authz::Verifier;
use contracts::notification::notification_server::NotificationServer;
use journal::{Apply, Subscription};
use link::Link;
use pg::Database;
use service::{Service, Worker};
use tonic::service::RoutesBuilder;

use application::App;
use application::send_mail::send_due;
use infrastructure::{AddressesOfAuth, EmlFolder};
use interfaces::{OfAccounting, OfAuth, OfParticipation, OfProjects, OfUsers, RIGHTS, Rpcs};

pub use infrastructure::{MIGRATOR, verify};

/// What differs from one installation to the next.
pub struct Config {
    /// How Auth is called, for addresses.
    pub auth: Link,
    /// The folder that mails are written into.
    pub mail: PathBuf,
    /// Who they are from: `Name <address>`, or an address alone.
    pub from: String,
}

/// How long something due may wait.
const SWEEP: Duration = Duration::from_millis(500);

/// Puts the service together; nothing of it runs yet.
pub fn start(db: Database, verifier: Arc<Verifier>, config: Config) -> Service {
    let Config { auth, mail, from } = config;
    let app = App {
        store: Arc::new(db.clone()),
        addresses: Arc::new(AddressesOfAuth { link: auth }),
        post: Arc::new(EmlFolder { folder: mail, from }),
    };
    let mut routes = RoutesBuilder::default();
    routes.add_service(NotificationServer::new(Rpcs { app: app.clone() }));
    let verification = Arc::new(|db| Box::pin(infrastructure::verify(db)) as _);
    let mut service = Service::new(db, verifier, RIGHTS, routes, verification);
    let postman = Worker::every(
        "postman",
        SWEEP,
        &app,
        |app| async move { send_due(&app).await },
    );
    service.workers.push(postman);
    let reactions: [(&'static str, Arc<dyn Apply>); 5] = [
        ("auth", Arc::new(OfAuth)),
        ("users", Arc::new(OfUsers)),
        ("projects", Arc::new(OfProjects)),
        ("participation", Arc::new(OfParticipation)),
        ("accounting", Arc::new(OfAccounting)),
    ];
    service.subscriptions = reactions
        .map(|(producer, apply)| Subscription { producer, apply })
        .into();
    service
}
