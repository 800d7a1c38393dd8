//! The gate before a service's routes: door, deadline, panics, tracing. It is the same for near
//! and far calls, because it is a layer of the routes and not of the server.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use authz::{Caller, Guard};
use futures::FutureExt as _;
use http::{HeaderMap, Request, Response};
use tonic::Status;
use tonic::body::Body;
use tonic::service::Routes;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;
use tracing::Instrument as _;

/// What a generated client runs over, near or far.
pub type Link = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// A call without a deadline of its own gets this one; none may ask for more.
const DEADLINE: Duration = Duration::from_secs(15);

/// A service behind its door.
#[derive(Clone)]
pub struct Gate {
    routes: Routes,
    guard: Arc<Guard>,
}

impl Gate {
    /// Puts the door before the routes.
    pub fn new(routes: Routes, guard: Arc<Guard>) -> Self {
        Self { routes, guard }
    }

    /// A link without a socket, for the named program in this process.
    pub fn near(&self, caller: &'static str) -> Link {
        let gate = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |mut request: Request<Body>| {
            let gate = gate.clone();
            async move {
                request.extensions_mut().insert(Caller(caller));
                Ok(gate.call(request).await)
            }
        }))
    }

    /// Answers one call. The caller stands in the extensions: from `near` or from the peer's
    /// certificate; without it nothing is let in.
    pub async fn call(&self, request: Request<Body>) -> Response<Body> {
        let span = tracing::info_span!("rpc", path = request.uri().path());
        let patience = deadline(request.headers());
        let answer = AssertUnwindSafe(self.admitted(request)).catch_unwind();
        match tokio::time::timeout(patience, answer)
            .instrument(span)
            .await
        {
            Ok(Ok(response)) => response,
            Ok(Err(_panic)) => {
                tracing::error!("a handler panicked");
                Status::internal("internal error").into_http()
            }
            Err(_elapsed) => Status::deadline_exceeded("the call took too long").into_http(),
        }
    }

    async fn admitted(&self, mut request: Request<Body>) -> Response<Body> {
        let caller = request.extensions().get::<Caller>().copied();
        match self
            .guard
            .admit(request.uri().path(), caller, request.headers())
            .await
        {
            Ok(actor) => {
                request.extensions_mut().insert(actor);
                match self.routes.clone().oneshot(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                }
            }
            Err(status) => status.into_http(),
        }
    }
}

/// `grpc-timeout`, a number and a unit (gRPC over HTTP/2), at most `DEADLINE`.
fn deadline(headers: &HeaderMap) -> Duration {
    let asked = headers
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| {
            let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let number: u64 = number.parse().ok()?;
            match unit {
                "H" => Some(Duration::from_hours(number.min(24))),
                "M" => Some(Duration::from_mins(number.min(1_440))),
                "S" => Some(Duration::from_secs(number)),
                "m" => Some(Duration::from_millis(number)),
                "u" => Some(Duration::from_micros(number)),
                "n" => Some(Duration::from_nanos(number)),
                _ => None,
            }
        });
    asked.map_or(DEADLINE, |asked| asked.min(DEADLINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_read_in_every_unit_and_never_longer_than_ours() {
        let cases = [
            ("250m", Duration::from_millis(250)),
            ("3S", Duration::from_secs(3)),
            ("90u", Duration::from_micros(90)),
            ("1H", DEADLINE),
            ("soon", DEADLINE),
            ("", DEADLINE),
            ("é", DEADLINE),
        ];
        for (text, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Ok(value) = http::HeaderValue::from_bytes(text.as_bytes()) {
                headers.insert("grpc-timeout", value);
            }
            assert_eq!(deadline(&headers), expected, "{text}");
        }
    }
}
