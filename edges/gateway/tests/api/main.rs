//! The API over HTTP: a real Participation service behind it, and other services that are down.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod door;

use std::sync::Arc;

use authz::{Actor, Role};
use axum::Router;
use axum::body::Body;
use gateway::{Config, Links};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use ids::{ProjectId, TenantId, UserId};
use link::Link;
use participation::application::App;
use participation::application::ports::Identity;
use participation::application::react_to_projects::funding_opened;
use participation::application::react_to_users::investor_checked;
use participation::domain::Terms;
use serde_json::{Value, json};
use testkit::{Person, TestDatabase, TokenMaker};
use time::Duration;
use tonic::Status;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;

const ASK: &str = "mutation($input: RequestParticipationInput!) {
    requestParticipation(input: $input) {
        refusal { code message args { name value } }
        participation { participationId amount { amount minor } state funding }
    }
}";

struct World {
    router: Router,
    tokens: TokenMaker,
    tenant: TenantId,
    project: ProjectId,
    investor: Person,
    _database: TestDatabase,
}

/// A service that can't be reached.
fn down() -> Link {
    BoxCloneSyncService::new(tower::service_fn(|_request| async {
        Err::<Response<_>, _>(Status::unavailable("connection refused"))
    }))
}

fn config(tenant: TenantId) -> Config {
    Config {
        development: false,
        issuer: "https://fondeo.test".to_owned(),
        tenant,
    }
}

fn links(participation: Link) -> Links {
    Links {
        auth: down(),
        users: down(),
        projects: down(),
        participation,
        accounting: down(),
        notification: down(),
    }
}

/// A gateway before services that are all down.
fn lonely(development: bool) -> Router {
    let config = config(TenantId::new());
    gateway::router(
        Config {
            development,
            ..config
        },
        links(down()),
    )
}

impl World {
    /// An offering of 1 000.00 USD in tickets of 100.00 and more, and one verified investor.
    async fn open() -> Self {
        let database = TestDatabase::start("participation", &[&participation::MIGRATOR]).await;
        let tokens = TokenMaker::new();
        let (tenant, project) = (TenantId::new(), ProjectId::new());
        let investor = Person {
            tenant,
            id: UserId::new(),
            roles: vec![Role::Investor],
        };
        let store = Arc::new(database.db.clone());
        let app = App {
            store: store.clone(),
            reads: store,
        };
        let system = Actor::service("test", tenant, project.as_uuid());
        let mut tx = app.store.begin(&system).await.unwrap();
        let terms = Terms {
            min_ticket_minor: 10_000,
            max_ticket_minor: None,
            products_ticket_min_minor: None,
            decision_hours: 72,
            cooling_off_hours: 96,
            deadline: tx.now() + Duration::days(30),
            first_loss_minor: 0,
            conditions: None,
        };
        let goal = money::Money::try_new(100_000, money::Currency::USD).unwrap();
        funding_opened(&mut *tx, project, UserId::new(), goal, terms)
            .await
            .unwrap();
        let checked = Identity {
            investor: investor.id,
            verified: true,
            valid_until: None,
        };
        investor_checked(&mut *tx, checked).await.unwrap();
        tx.commit().await.unwrap();

        let service = participation::start(database.db.clone(), Arc::new(tokens.verifier()));
        let router = gateway::router(config(tenant), links(service.gate.near("gateway")));
        Self {
            router,
            tokens,
            tenant,
            project,
            investor,
            _database: database,
        }
    }

    fn token(&self, person: &Person) -> String {
        self.tokens.token(&TokenMaker::claims(person))
    }

    fn input(&self, key: &str, amount: &str, currency: &str) -> Value {
        json!({ "input": {
            "idempotencyKey": key,
            "projectId": self.project.to_string(),
            "amount": { "amount": amount, "currency": currency },
            "type": "PROFIT_ONLY",
            "agreementVersion": "1",
            "agreementHash": "0".repeat(64),
        } })
    }

    /// The same with the agreement that the API shows for it in this language.
    async fn signed(&self, language: &str, key: &str, amount: &str) -> Value {
        let mut variables = self.input(key, amount, "USD");
        let query = format!(
            "{{ participationAgreement(projectId: \"{}\", type: PROFIT_ONLY,
                amount: {{ amount: \"{amount}\", currency: \"USD\" }})
                {{ version sha256 text language }} }}",
            self.project
        );
        let token = self.token(&self.investor);
        let request = post()
            .header("authorization", format!("Bearer {token}"))
            .header("accept-language", language);
        let body = json!({ "query": query }).to_string();
        let shown = answer(&self.router, request, &body).await.1;
        let agreement = &shown["data"]["participationAgreement"];
        assert_eq!(agreement["language"], language, "{shown}");
        assert!(agreement["text"].as_str().unwrap().contains(amount));
        variables["input"]["agreementVersion"] = agreement["version"].clone();
        variables["input"]["agreementHash"] = agreement["sha256"].clone();
        variables
    }

    /// Asks for a share as the investor, in a language.
    async fn ask(&self, language: &str, variables: Value) -> Value {
        let token = self.token(&self.investor);
        let asked = json!({ "query": ASK, "variables": variables });
        let request = post()
            .header("authorization", format!("Bearer {token}"))
            .header("accept-language", language);
        answer(&self.router, request, &asked.to_string()).await.1
    }

    async fn refusal(&self, language: &str, variables: Value) -> Value {
        let answer = self.ask(language, variables).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        let payload = &answer["data"]["requestParticipation"];
        assert_eq!(payload["participation"], Value::Null, "{answer}");
        payload["refusal"].clone()
    }

    async fn reserved(&self) -> Value {
        let query = format!(
            "{{ offering(projectId: \"{}\") {{ reserved {{ amount }} }} }}",
            self.project
        );
        let answer = anonymous(&self.router, &query).await;
        answer["data"]["offering"]["reserved"]["amount"].clone()
    }
}

fn post() -> http::request::Builder {
    Request::post("/graphql").header("content-type", "application/json")
}

async fn answer(
    router: &Router,
    request: http::request::Builder,
    body: &str,
) -> (StatusCode, Value) {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert!(response.headers().contains_key("x-request-id"));
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (
        status,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}

async fn anonymous(router: &Router, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    answer(router, post().header("x-fondeo-csrf", "1"), &body)
        .await
        .1
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_once_and_a_rules_no_is_data_in_the_readers_language() {
    let world = World::open().await;
    let too_much = world.input("one", "1000.01", "USD");
    let spanish = world.refusal("es-PE,es;q=0.9", too_much.clone()).await;
    let english = world.refusal("en", too_much).await;
    assert_eq!(spanish["code"], "not_enough_room");
    assert_eq!(
        spanish["args"],
        json!([{ "name": "room", "value": "1000.00" }])
    );
    assert!(
        spanish["message"]
            .as_str()
            .unwrap()
            .starts_with("Solo quedan 1000.00")
    );
    assert!(
        english["message"]
            .as_str()
            .unwrap()
            .starts_with("Only 1000.00 is left")
    );
    assert_eq!(world.reserved().await, "0.00");

    // Nobody holds the money here, so the answer comes at the bound and says PENDING.
    let unsigned = world.refusal("en", world.input("two", "400.00", "USD"));
    assert_eq!(unsigned.await["code"], "agreement_changed");
    let signed = world.signed("es", "two", "400.00").await;
    let first = world.ask("en", signed.clone()).await;
    let participation = &first["data"]["requestParticipation"]["participation"];
    assert_eq!(participation["funding"], "PENDING", "{first}");
    assert_eq!(
        participation["amount"],
        json!({ "amount": "400.00", "minor": "40000" })
    );
    let again = world.ask("en", signed).await;
    assert_eq!(
        again["data"], first["data"],
        "the same key, the same answer"
    );
    let other = world
        .refusal("es", world.input("two", "300.00", "USD"))
        .await;
    assert_eq!(other["code"], "idempotency_key_reused");
    assert_eq!(world.reserved().await, "400.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_cannot_be_is_refused_by_name_and_nothing_is_reserved() {
    let world = World::open().await;
    for (amount, currency, code, input) in [
        (
            "10.005",
            "USD",
            "too_many_decimals",
            Some("input.amount.amount"),
        ),
        (
            "99999999999999999",
            "USD",
            "overflow",
            Some("input.amount.amount"),
        ),
        (
            "1,000",
            "USD",
            "malformed_amount",
            Some("input.amount.amount"),
        ),
        (
            "400.00",
            "usd",
            "unknown_currency",
            Some("input.amount.currency"),
        ),
        ("400.00", "EUR", "currency_mismatch", None),
        ("-400.00", "USD", "not_positive", None),
        ("0", "USD", "not_positive", None),
        ("99.99", "USD", "below_min_ticket", None),
    ] {
        let refusal = world
            .refusal("en", world.input("k", amount, currency))
            .await;
        assert_eq!(refusal["code"], code, "{amount} {currency}");
        if let Some(input) = input {
            let args = json!([{ "name": "input", "value": input }]);
            assert_eq!(refusal["args"], args, "{amount} {currency}");
        }
    }
    let mut unknown = world.input("k", "400.00", "USD");
    unknown["input"]["type"] = json!("SPECULATION");
    let answer = world.ask("en", unknown).await;
    assert_eq!(code(&answer), "malformed");
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("type"),
        "{answer}"
    );
    assert_eq!(world.reserved().await, "0.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_so_and_who_is_unknown_may_look() {
    let world = World::open().await;
    let body = json!({ "query": ASK, "variables": world.input("k", "400.00", "USD") }).to_string();

    let (_, no_token) = answer(&world.router, post().header("x-fondeo-csrf", "1"), &body).await;
    assert_eq!(code(&no_token), "unauthenticated");

    let mut claims = TokenMaker::claims(&world.investor);
    claims.exp -= 1_000;
    let expired = format!("Bearer {}", world.tokens.token(&claims));
    let (_, expired) = answer(
        &world.router,
        post().header("authorization", expired),
        &body,
    )
    .await;
    assert_eq!(code(&expired), "unauthenticated");
    assert!(expired["errors"][0]["extensions"]["requestId"].is_string());

    let auditor = Person {
        tenant: world.tenant,
        id: UserId::new(),
        roles: vec![Role::Auditor],
    };
    let bearer = format!("Bearer {}", world.token(&auditor));
    let (_, wrong) = answer(&world.router, post().header("authorization", bearer), &body).await;
    let refusal = &wrong["data"]["requestParticipation"]["refusal"];
    assert_eq!(refusal["code"], "forbidden", "{wrong}");

    let query = format!(
        "{{ offering(projectId: \"{}\") {{ state goal {{ amount }} }} }}",
        world.project
    );
    let looked = anonymous(&world.router, &query).await;
    let offering = json!({ "state": "OPEN", "goal": { "amount": "1000.00" } });
    assert_eq!(looked["data"]["offering"], offering);
    let nothing = format!(
        "{{ offering(projectId: \"{}\") {{ state }} }}",
        ProjectId::new()
    );
    assert_eq!(
        code(&anonymous(&world.router, &nothing).await),
        "no_such_offering"
    );
    let malformed = anonymous(
        &world.router,
        "{ offering(projectId: \"seven\") { state } }",
    )
    .await;
    assert_eq!(code(&malformed), "malformed");
    let error = &malformed["errors"][0];
    assert_eq!(error["message"], "projectId is missing or malformed.");
    assert_eq!(error["extensions"]["args"]["field"], "projectId");
}
