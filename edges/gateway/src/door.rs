//! The door of the API: which requests are looked at at all, each with its id, its deadline and
//! its trace.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ServerError, Value};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ids::EventId;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::calls::Calls;
use crate::persisted::Persisted;
use crate::schema::{self, Schema};
use crate::{Config, Links};

/// The largest request: a project's two sheets and more.
const BODY_MAX: usize = 1024 * 1024;
/// Requests under way at once; one more is sent away with `overloaded`.
const AT_ONCE: usize = 512;
/// How long a request may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CSRF: HeaderName = HeaderName::from_static("x-fondeo-csrf");

/// What every request needs.
pub struct Api {
    /// How the gateway stands.
    pub config: Config,
    links: Arc<Links>,
    schema: Schema,
    persisted: Persisted,
    places: Semaphore,
}

/// The id of a request: what it causes is found by it, in logs and in the journals.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Uuid);

impl Api {
    /// The schema over the links.
    pub fn new(config: Config, links: Links) -> Self {
        Self {
            schema: schema::schema(config.development),
            links: Arc::new(links),
            persisted: Persisted::new(),
            places: Semaphore::new(AT_ONCE),
            config,
        }
    }

    /// The calls of one request.
    pub fn calls(&self, RequestId(id): RequestId, headers: &HeaderMap) -> Calls {
        Calls::new(Arc::clone(&self.links), self.config.tenant, id, headers)
    }
}

/// Why a request is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turned {
    status: StatusCode,
    code: &'static str,
    text: &'static str,
}

/// Not looked at, with this status, code and text.
pub const fn turned(status: StatusCode, code: &'static str, text: &'static str) -> Turned {
    Turned { status, code, text }
}

/// The API.
pub fn routes() -> Router<Arc<Api>> {
    let post = post(graphql).fallback(async |request: Request| {
        let only = turned(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "the API takes POST only",
        );
        only.answer(id_of(&request))
    });
    Router::new().route("/graphql", post)
}

/// Around every page and answer: the request's id, what browsers must not do, no panic uncaught.
pub fn framed(router: Router<Arc<Api>>) -> Router<Arc<Api>> {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(frame))
}

async fn frame(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID);
    let id = given
        .and_then(|value| Uuid::try_parse(value.to_str().ok()?).ok())
        .unwrap_or_else(|| EventId::new().as_uuid());
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let id = HeaderValue::from_str(&id.to_string()).expect("an id is ASCII");
    headers.insert(REQUEST_ID, id);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn graphql(State(api): State<Arc<Api>>, request: Request) -> Response {
    let id = id_of(&request);
    if let Err(turned) = fit(request.headers(), &api.config.issuer) {
        return turned.answer(id);
    }
    let (parts, body) = request.into_parts();
    let mut asked = match read(body, ARRIVAL).await {
        Ok(asked) => asked,
        Err(turned) => return turned.answer(id),
    };
    let learned = match api.persisted.complete(&mut asked) {
        Ok(learned) => learned,
        Err(turned) => return turned.answer(id),
    };
    // Only now: who sends a request slowly keeps nobody out.
    let Ok(_place) = api.places.try_acquire() else {
        let full = turned(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "too many requests at once: try again",
        );
        return full.answer(id);
    };
    let calls = api.calls(id, &parts.headers);
    let operation: String = asked
        .operation_name
        .iter()
        .flat_map(|name| name.chars())
        .take(64)
        .collect();
    let span = tracing::info_span!("graphql", operation, request_id = %id.0);
    let answer = api.schema.execute(schema::with_calls(asked, &calls));
    let mut answer = answer.instrument(span).await;
    // Without data nothing was run: the query is refused as a whole.
    if let Some(learned) = learned.filter(|_| answer.data != Value::Null) {
        api.persisted.keep(learned);
    }
    for error in &mut answer.errors {
        mark(error, id);
    }
    let body = serde_json::to_vec(&answer).expect("an answer is plain data");
    json_answer(StatusCode::OK, body)
}

/// What the headers must be: JSON, and nothing that a page of another origin can send without
/// being asked for permission first, which it never gets.
fn fit(headers: &HeaderMap, issuer: &str) -> Result<(), Turned> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let mime = text(CONTENT_TYPE).and_then(|value| value.split(';').next());
    if !mime.is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json")) {
        return Err(turned(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send the query as application/json",
        ));
    }
    if text(ORIGIN).is_some_and(|origin| origin != origin_of(issuer)) {
        return Err(turned(
            StatusCode::FORBIDDEN,
            "origin_refused",
            "pages of another origin may not call the API",
        ));
    }
    if !headers.contains_key(AUTHORIZATION) && text(CSRF) != Some("1") {
        return Err(turned(
            StatusCode::FORBIDDEN,
            "csrf_header_required",
            "send `Authorization: Bearer …`, or without a token `x-fondeo-csrf: 1`",
        ));
    }
    Ok(())
}

/// Scheme, host and port of a URL.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + "://".len());
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

async fn read(body: Body, within: Duration) -> Result<async_graphql::Request, Turned> {
    let arrived = timeout(within, axum::body::to_bytes(body, BODY_MAX)).await;
    let arrived = arrived.map_err(|_| {
        turned(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "a request must arrive within ten seconds",
        )
    })?;
    let bytes = arrived.map_err(|_| {
        turned(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "a request may have 1 MiB",
        )
    })?;
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(turned(
            StatusCode::BAD_REQUEST,
            "batch_refused",
            "send one query a request",
        ));
    }
    serde_json::from_slice(&bytes).map_err(|_| {
        turned(
            StatusCode::BAD_REQUEST,
            "malformed",
            "the body must be a JSON object with `query` or the hash of one, and perhaps \
             `variables`",
        )
    })
}

/// Every error has a code, the request's id, and whether to try again; what has no code of ours is
/// the query's form, and stays wrong.
fn mark(error: &mut ServerError, RequestId(id): RequestId) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", "malformed");
    }
    if extensions.get("retryable").is_none() {
        extensions.set("retryable", false);
    }
    extensions.set("requestId", id.to_string());
}

impl Turned {
    fn answer(self, RequestId(id): RequestId) -> Response {
        let Self { status, code, text } = self;
        let retryable = status.is_server_error();
        let extensions = json!({ "code": code, "retryable": retryable, "requestId": id });
        let errors = json!([{ "message": text, "extensions": extensions }]);
        json_answer(status, json!({ "errors": errors }).to_string().into_bytes())
    }
}

fn json_answer(status: StatusCode, body: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}

fn id_of(request: &Request) -> RequestId {
    let id = request.extensions().get::<RequestId>();
    *id.expect("`frame` stands before every route")
}

fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pair<'a> = (&'static str, &'a str);

    fn headers(pairs: &[Pair<'_>]) -> HeaderMap {
        let pair = |(name, value): &Pair<'_>| {
            (
                HeaderName::from_static(name),
                value.parse().expect("a value"),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_what_no_foreign_page_can_send_is_let_in() {
        const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
        const HERE: (&str, &str) = ("origin", "https://fondeo.example");
        let cases: &[(&[Pair<'_>], Option<&str>)] = &[
            (&[JSON, ("x-fondeo-csrf", "1")], None),
            (&[JSON, ("authorization", "Bearer x"), HERE], None),
            (&[JSON, HERE], Some("csrf_header_required")),
            (
                &[JSON, ("x-fondeo-csrf", "0")],
                Some("csrf_header_required"),
            ),
            (
                &[
                    JSON,
                    ("x-fondeo-csrf", "1"),
                    ("origin", "https://evil.example"),
                ],
                Some("origin_refused"),
            ),
            (
                &[JSON, ("x-fondeo-csrf", "1"), ("origin", "null")],
                Some("origin_refused"),
            ),
            (
                &[("content-type", "text/plain"), ("x-fondeo-csrf", "1")],
                Some("unsupported_media_type"),
            ),
            (&[("x-fondeo-csrf", "1")], Some("unsupported_media_type")),
        ];
        for (pairs, code) in cases {
            let answer = fit(&headers(pairs), "https://fondeo.example/base");
            assert_eq!(answer.err().map(|turned| turned.code), *code, "{pairs:?}");
        }
    }

    #[tokio::test]
    async fn a_request_that_does_not_arrive_is_not_waited_for() {
        let never = futures::stream::pending::<Result<String, std::io::Error>>();
        let read = read(Body::from_stream(never), Duration::from_millis(10)).await;
        assert_eq!(read.err().map(|turned| turned.code), Some("too_slow"));
    }

    #[test]
    fn an_origin_is_what_stands_before_the_path() {
        assert_eq!(origin_of("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(origin_of("https://a.example/b/c"), "https://a.example");
    }
}
