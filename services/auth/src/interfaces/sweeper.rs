//! The worker that forgets what can never be redeemed again.

use std::time::Duration;

use service::Worker;

use crate::application::App;
use crate::application::sweep::forget_past;

const PAUSE: Duration = Duration::from_hours(1);

/// Forgets until it is stopped; what failed is tried again after the pause.
pub fn sweeper(app: App) -> Worker {
    Worker {
        name: "sweeper",
        run: Box::new(move |stop| {
            Box::pin(async move {
                loop {
                    if let Err(error) = forget_past(&app).await {
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
