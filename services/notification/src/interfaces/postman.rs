//! The worker that takes mails out.

use std::time::Duration;

use service::Worker;

use crate::application::App;
use crate::application::send_mail::send_due;

/// How long a mail may wait that is due.
const PAUSE: Duration = Duration::from_millis(500);

/// Sends until it is stopped; what failed is tried again after the pause.
pub fn postman(app: App) -> Worker {
    Worker {
        name: "postman",
        run: Box::new(move |stop| {
            Box::pin(async move {
                loop {
                    if let Err(error) = send_due(&app).await {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "mails could not be sent, trying again"
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
