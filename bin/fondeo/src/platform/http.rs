//! The one listener: the gateway, the sign-in pages, and what an orchestrator asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::routing::get;
use futures::future::try_join_all;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use pg::Database;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long a caller may take to send its headers, and between two calls.
const HEADERS_WITHIN: Duration = Duration::from_secs(15);
/// After a connection that could not be taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
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

/// Answers until it is stopped, and then what is under way. Whoever sends its headers slowly is
/// hung up on: nobody holds a place by saying nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "a connection lives as long as its peer, and the end waits for it"
)]
pub(super) async fn serve(listener: TcpListener, pages: Router, stop: CancellationToken) {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEADERS_WITHIN)
        .keep_alive_timeout(HEADERS_WITHIN);
    let under_way = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of files, most likely: those in use come back.
                tracing::error!(%error, "the listener could not take a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let pages = pages.clone();
        let answer = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            pages.clone().oneshot(request.map(Body::new))
        });
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), answer);
        let connection = under_way.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection ended early");
            }
        });
    }
    drop(listener);
    under_way.shutdown().await;
}
