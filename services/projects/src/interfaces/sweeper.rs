//! The worker that lets time take effect.

use std::time::Duration;

use service::Worker;

use crate::application::App;
use crate::application::sweep::sweep_due;

/// How long something due may wait.
const PAUSE: Duration = Duration::from_millis(500);

/// Sweeps until it is stopped; what failed is tried again after the pause.
pub fn sweeper(app: App) -> Worker {
    Worker {
        name: "sweeper",
        run: Box::new(move |stop| {
            Box::pin(async move {
                loop {
                    if let Err(error) = sweep_due(&app).await {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "a sweep failed, trying again"
                        );
                    }
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                }
            })
        }),
    }
}
