//! What is looked at at all: the door, the limits, the pages.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;

use crate::{anonymous, answer, code, lonely, post};

#[tokio::test]
async fn a_service_that_is_down_is_told_as_such_and_may_be_tried_again() {
    let router = lonely(false);
    let answer = anonymous(
        &router,
        "{ projects { pageInfo { endCursor } } offering(projectId: \"x\") { state } }",
    )
    .await;
    for error in answer["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"]["code"], "unavailable", "{answer}");
        assert_eq!(error["extensions"]["retryable"], true);
    }
    assert_eq!(
        answer["data"],
        json!({ "projects": null, "offering": null })
    );
}

/// Eighteen fragments, each with the next one twenty times: nobody has the time to follow them all.
fn unfolding() -> String {
    let fragments = (0..18).map(|at| {
        let next = format!("...F{} ", at + 1).repeat(20);
        format!("fragment F{at} on Account {{ {next} }}")
    });
    let fragments: Vec<_> = fragments.collect();
    let last = "fragment F18 on Account { email }";
    format!("{{ account {{ ...F0 }} }} {} {last}", fragments.join(" "))
}

#[tokio::test]
async fn what_asks_for_too_much_is_refused_before_anything_runs() {
    let router = lonely(false);
    let page = "participations(first: 100) { nodes { project { PAGE } } }";
    let costly = (0..2).fold("projectId".to_owned(), |inner, _| {
        page.replace("PAGE", &inner)
    });
    let deep = "project(id: \"x\") { offering { goal { amount } } participations { nodes { \
                project { participations { edges { node { project { participations { LAST } } } } \
                } } } } }";
    let deeper = deep.replace("LAST", "nodes { place }");
    for (query, expected) in [
        (
            format!("{{ projects(first: 100) {{ nodes {{ {costly} }} }} }}"),
            "too_complex",
        ),
        (format!("{{ {deeper} }}"), "too_deep"),
        (
            format!("{{ {} }}", "a: account { email } ".repeat(11)),
            "too_many_root_fields",
        ),
        (
            format!("{{ account {{ {} }} }}", "a: email ".repeat(16)),
            "too_many_aliases",
        ),
        (
            format!(
                "{{ account {{ {} }} }}",
                "email @skip(if: true) ".repeat(21)
            ),
            "too_many_directives",
        ),
        (
            format!("{{ account {{ {} }} }}", "email ".repeat(2_000)),
            "too_many_tokens",
        ),
        (unfolding(), "too_complex"),
        ("{ projets { nodes { name } } }".to_owned(), "malformed"),
        (
            "{ projects(first: 101) { nodes { name } } }".to_owned(),
            "malformed",
        ),
        (
            "{ projects(first: 0) { nodes { name } } }".to_owned(),
            "malformed",
        ),
    ] {
        let answer = anonymous(&router, &query).await;
        assert_eq!(code(&answer), expected, "{query}: {answer}");
        assert_eq!(answer["errors"][0]["extensions"]["retryable"], false);
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(!message.contains("Did you mean"), "{message}");
    }
    let hidden = anonymous(&router, "{ __schema { types { name } } }").await;
    assert_eq!(hidden["data"]["__schema"], Value::Null, "{hidden}");
}

#[tokio::test]
async fn a_cursor_that_the_api_did_not_give_is_refused_by_name_and_nothing_is_asked() {
    let router = lonely(false);
    for list in [
        "projects",
        "portfolio",
        "inbox",
        "timeLine",
        "walletEntries",
        "projectParticipations",
    ] {
        let others = match list {
            "timeLine" => "id: \"x\"",
            "walletEntries" => "currency: \"USD\"",
            "projectParticipations" => "projectId: \"x\"",
            _ => "first: 2",
        };
        for cursor in ["seven", "", "ZZZZ", "0197f3a0-0000-7000-8000-000000000001"] {
            let query =
                format!("{{ {list}({others}, after: \"{cursor}\") {{ nodes {{ __typename }} }} }}");
            let answer = anonymous(&router, &query).await;
            let error = &answer["errors"][0]["extensions"];
            assert_eq!(code(&answer), "malformed", "{query}: {answer}");
            assert_eq!(error["args"]["field"], "after", "{query}: {answer}");
            assert_eq!(error["retryable"], false);
        }
    }
}

/// A request that names its query by hash, with its text or without it.
fn persisted(text: Option<&str>, hash: &str, variables: &Value) -> String {
    let named = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let mut body = json!({ "extensions": named, "variables": variables });
    if let Some(text) = text {
        body["query"] = json!(text);
    }
    body.to_string()
}

#[tokio::test]
async fn a_query_is_sent_by_its_hash_once_it_was_answered_and_the_limits_hold_for_it() {
    let router = lonely(false);
    let send =
        async |body: String| answer(&router, post().header("x-fondeo-csrf", "1"), &body).await;
    let hash = |text: &str| hex::encode(Sha256::digest(text));
    let none = json!({});

    let text = "{ __typename }";
    let (status, unknown) = send(persisted(None, &hash(text), &none)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    let (status, wrong) = send(persisted(Some(text), &hash("{ a }"), &none)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(code(&wrong), "persisted_query_mismatch");
    for hash in [hash(text), hash("{ a }")] {
        let (_, still) = send(persisted(None, &hash, &none)).await;
        assert_eq!(
            code(&still),
            "PERSISTED_QUERY_NOT_FOUND",
            "nothing was kept"
        );
    }
    for text in [Some(text), None] {
        let (_, answered) = send(persisted(text, &hash("{ __typename }"), &none)).await;
        assert_eq!(answered, json!({ "data": { "__typename": "Query" } }));
    }
    let named = json!({ "version": 2, "sha256Hash": "x" });
    let two = json!({ "query": "{ __typename }", "extensions": { "persistedQuery": named } });
    assert_eq!(code(&send(two.to_string()).await.1), "malformed");

    // What is refused as a whole is never kept.
    let wide = format!("{{ {} }}", "account { email } ".repeat(11));
    let (_, refused) = send(persisted(Some(&wide), &hash(&wide), &none)).await;
    assert_eq!(code(&refused), "too_many_root_fields");
    let (_, unknown) = send(persisted(None, &hash(&wide), &none)).await;
    assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");

    // What is kept is measured with its variables, each time.
    let text =
        "query($n: Int!) { projects(first: $n) { nodes { participations { nodes { state } } } } }";
    let (_, cheap) = send(persisted(Some(text), &hash(text), &json!({ "n": 1 }))).await;
    assert_eq!(code(&cheap), "unavailable", "it was run");
    let (_, dear) = send(persisted(None, &hash(text), &json!({ "n": 100 }))).await;
    assert_eq!(code(&dear), "too_complex");
    let (_, cheap) = send(persisted(None, &hash(text), &json!({ "n": 1 }))).await;
    assert_eq!(code(&cheap), "unavailable", "it was run");

    // By POST only, mutations and all.
    let by_address = Request::get("/graphql?extensions=%7B%22persistedQuery%22%3A%7B%7D%7D");
    let (status, _) = answer(&router, by_address, "").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn requests_that_do_not_arrive_keep_nobody_out() {
    let router = lonely(false);
    let mut arriving = tokio::task::JoinSet::new();
    for _ in 0..600 {
        let never = futures::stream::pending::<Result<String, std::io::Error>>();
        let request = post().header("x-fondeo-csrf", "1");
        let request = request.body(Body::from_stream(never)).unwrap();
        arriving.spawn(router.clone().oneshot(request));
    }
    tokio::task::yield_now().await;
    let answer = anonymous(&router, "{ projects { nodes { name } } }").await;
    assert_eq!(code(&answer), "unavailable", "only the service is down");
}

#[tokio::test]
async fn only_one_json_query_by_post_is_looked_at() {
    let router = lonely(false);
    let query = r#"{"query":"{ account { email } }"}"#;
    let csrf = || post().header("x-fondeo-csrf", "1");
    let foreign = csrf().header("origin", "https://evil.test");
    let large = format!(r#"{{"query":"{}"}}"#, "#".repeat(1024 * 1024));
    let cases = [
        (
            csrf(),
            format!("[{query}]"),
            StatusCode::BAD_REQUEST,
            "batch_refused",
        ),
        (csrf(), "{".to_owned(), StatusCode::BAD_REQUEST, "malformed"),
        (csrf(), large, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        (
            post(),
            query.to_owned(),
            StatusCode::FORBIDDEN,
            "csrf_header_required",
        ),
        (
            foreign,
            query.to_owned(),
            StatusCode::FORBIDDEN,
            "origin_refused",
        ),
        (
            Request::get("/graphql?query={account{email}}"),
            String::new(),
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
    ];
    for (request, body, status, expected) in cases {
        let (answered, answer) = answer(&router, request, &body).await;
        assert_eq!(
            (answered, code(&answer)),
            (status, &json!(expected)),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_graphiql_is_for_development() {
    let look = async |development: bool, path: &str| {
        let request = Request::get(path)
            .header("accept-language", "es")
            .body(Body::empty());
        let response = lonely(development).oneshot(request.unwrap()).await.unwrap();
        let policy = response.headers().get("content-security-policy").cloned();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, policy, String::from_utf8_lossy(&body).into_owned())
    };
    let (status, policy, page) = look(false, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        policy
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(
        page.contains("lang=\"es\"") && page.contains("Abrir una cuenta"),
        "{page}"
    );
    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("//"));
    assert_eq!(
        look(false, "/graphiql/start.js").await.0,
        StatusCode::NOT_FOUND
    );

    let (status, _, page) = look(true, "/graphql").await;
    assert_eq!(status, StatusCode::OK);
    for file in [
        "react.min.js",
        "react-dom.min.js",
        "graphiql.min.js",
        "graphiql.min.css",
    ] {
        assert!(page.contains(file));
        assert_eq!(
            look(true, &format!("/graphiql/{file}")).await.0,
            StatusCode::OK,
            "{file}"
        );
    }
    let schema = "{ __schema { types { fields { type { ofType { ofType { ofType { ofType \
                  { ofType { ofType { ofType { name } } } } } } } } } } } }";
    assert_eq!(
        anonymous(&lonely(true), schema).await["errors"],
        Value::Null
    );
}
