//! What a started service is to the program that composes it.

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::Gate;

/// Work that goes on beside the calls: the sequencer, a sweeper.
pub struct Worker {
    /// For logs.
    pub name: &'static str,
    /// Runs until the token says stop.
    pub run: Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>,
}

/// A started service: nothing of it runs before the composition says so.
pub struct Service {
    /// Its name, as in `fondeo serve <name>`.
    pub name: &'static str,
    /// Its rpcs, behind their door.
    pub gate: Gate,
    /// Its workers.
    pub workers: Vec<Worker>,
    /// Its public pages, where it has some.
    pub pages: Option<axum::Router>,
}
