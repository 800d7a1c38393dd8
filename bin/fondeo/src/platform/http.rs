//! The one listener: the gateway, the sign-in pages, and what an orchestrator asks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use futures::future::try_join_all;
use pg::Database;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long a database may take to show that it is there.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether calls may come.
#[derive(Clone)]
pub(super) struct Health {
    open: Arc<AtomicBool>,
    databases: Arc<[Database]>,
}

impl Health {
    pub(super) fn new(databases: &[Database]) -> Self {
        let open = Arc::default();
        Self {
            open,
            databases: databases.into(),
        }
    }

    pub(super) fn open(&self) {
        self.open.store(true, Ordering::Relaxed);
    }

    /// From here on no new calls should be sent.
    pub(super) fn close(&self) {
        self.open.store(false, Ordering::Relaxed);
    }
}

/// Adds `/livez`, which never asks a dependency, and `/readyz`, which does.
pub(super) fn with_health(pages: Router, health: Health) -> Router {
    let probes = Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(health);
    pages.merge(probes)
}

async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if !health.open.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "closed\n");
    }
    let asked = health
        .databases
        .iter()
        .map(|database| database.app().acquire());
    match tokio::time::timeout(PATIENCE, try_join_all(asked)).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "no database\n"),
    }
}

/// Answers until it is stopped, and then what is under way.
pub(super) async fn serve(listener: TcpListener, pages: Router, stop: CancellationToken) {
    let service = pages.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "the listener ended");
    }
}
