//! What every service is made of, beside its own rooms: the door, the record with its sequencer
//! and feed, and the denied calls written down.

use std::sync::Arc;
use std::time::Duration;

use authz::{Denied, Guard, Right, Role, Verifier, Who};
use contracts::journal::AccessDenied;
use contracts::journal::journal_server::JournalServer;
use futures::future::BoxFuture;
use ids::EventId;
use journal::{Feed, Head, Record as _, Subscription, Verification};
use link::Gate;
use pg::{Context, Database};
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;

/// Our programs, as `Right::services` names them.
pub const SERVICES: &[&str] = &[
    "auth",
    "users",
    "projects",
    "participation",
    "accounting",
    "notification",
];

/// The lines of the rights table that every service has beside its own, for its `Journal` rpcs.
pub static JOURNAL_RIGHTS: &[Right] = &[
    Right::services("/fondeo.journal.v1.Journal/Feed", SERVICES),
    Right::through_gateway("/fondeo.journal.v1.Journal/Verify", AUDIT),
    Right::through_gateway("/fondeo.journal.v1.Journal/Clock", Who::SignedIn),
    Right::through_gateway("/fondeo.journal.v1.Journal/TimeLine", AUDIT),
    Right::through_gateway("/fondeo.journal.v1.Journal/Parked", AUDIT),
    Right::fresh("/fondeo.journal.v1.Journal/ReplayParked", ADMIN),
];
const AUDIT: Who = Who::Roles(&[Role::Admin, Role::Auditor]);
const ADMIN: Who = Who::Roles(&[Role::Admin]);

/// Work that goes on beside the calls: the sequencer, a sweeper.
pub struct Worker {
    /// For logs.
    pub name: &'static str,
    /// Runs until the token says stop.
    pub run: Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>,
}

impl Worker {
    /// Does the same again and again, with a pause after each time; what failed is logged, and
    /// tried again after the pause.
    pub fn every<A, F, T, E>(
        name: &'static str,
        pause: Duration,
        app: &A,
        work: impl Fn(A) -> F + Send + 'static,
    ) -> Self
    where
        A: Clone + Send + 'static,
        F: Future<Output = Result<T, E>> + Send,
        E: std::error::Error + Send + 'static,
    {
        let app = app.clone();
        let run = move |stop: CancellationToken| async move {
            while !stop.is_cancelled() {
                if let Err(error) = work(app.clone()).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, worker = name, "failed, trying again");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        };
        Self {
            name,
            run: Box::new(move |stop| Box::pin(run(stop))),
        }
    }
}

/// A started service: nothing of it runs before the composition says so.
pub struct Service {
    /// Its database; the name is the service's.
    pub db: Database,
    /// Its rpcs, behind their door.
    pub gate: Gate,
    /// Its workers.
    pub workers: Vec<Worker>,
    /// Whose feeds it follows.
    pub subscriptions: Vec<Subscription>,
    /// Its public pages, where it has some.
    pub pages: Option<axum::Router>,
}

impl Service {
    /// Puts the service's rpcs and its record behind one door. `rights` are the lines of its own
    /// rpcs; `verification` checks its own invariants.
    pub fn new(
        db: Database,
        verifier: Arc<Verifier>,
        rights: &[Right],
        mut routes: RoutesBuilder,
        verification: Verification,
    ) -> Self {
        let head = Head::new(0);
        routes.add_service(JournalServer::new(Feed::new(
            db.clone(),
            head.subscribe(),
            verification,
        )));
        let rights = [rights, JOURNAL_RIGHTS].concat();
        let guard = Guard::new(verifier, rights, recorder(db.clone()));
        let ordered = db.clone();
        let sequencer = Worker {
            name: "sequencer",
            run: Box::new(move |stop| Box::pin(journal::sequence(ordered, head, stop))),
        };
        Self {
            db,
            gate: Gate::new(routes.routes(), Arc::new(guard)),
            workers: vec![sequencer],
            subscriptions: Vec::new(),
            pages: None,
        }
    }
}

/// Writes a denied call down, an aggregate of its own: those of one person at once do not wait for
/// each other, and the person's time line has them by their actor. When it fails the call stays
/// denied, and the log says so.
fn recorder(db: Database) -> authz::OnDenied {
    Arc::new(move |denied| {
        let db = db.clone();
        Box::pin(async move {
            let Denied { actor, rpc, code } = denied;
            if actor.user().is_none() {
                return;
            }
            let event = AccessDenied {
                rpc,
                code: code.to_owned(),
            };
            let write = async {
                let mut uow = db.unit_of_work(Context::from(&actor)).await?;
                uow.record(EventId::new().as_uuid(), &event).await?;
                uow.commit().await
            };
            if let Err(error) = write.await {
                tracing::error!(%error, rpc = event.rpc, "a denied call could not be recorded");
            }
        })
    })
}
