//! A list costs a handful of calls, however long it is: real services, and each call counted.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use authz::{Actor, Role};
use axum::Router;
use axum::body::Body;
use contracts::participation as ppb;
use contracts::participation::participation_client::ParticipationClient;
use contracts::projects as pb;
use contracts::projects::projects_client::ProjectsClient;
use contracts::users::users_client::UsersClient;
use contracts::users::{KycVerified, SubmitKycRequest};
use gateway::{Config, Links};
use http_body_util::BodyExt as _;
use ids::{EventId, ParticipationId, ProjectId, TenantId, UserId};
use link::Link;
use money::{Currency, Money};
use participation::application::App;
use participation::application::ports::Identity;
use participation::application::react_to_accounting::{FundsWord, funds_moved};
use participation::application::react_to_projects::funding_opened;
use participation::application::react_to_users::investor_checked;
use participation::domain::Terms;
use projects::interfaces::OfUsers;
use serde_json::{Value, json};
use testkit::{Person, TestDatabase, TestObjects, TokenMaker, envelope};
use time::Duration;
use tonic::{Request, Status};
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;

const MANY: usize = 50;

/// How often each rpc was called through the gateway.
type Counted = Arc<Mutex<BTreeMap<String, usize>>>;

struct World {
    router: Router,
    counted: Counted,
    tokens: TokenMaker,
    tenant: TenantId,
    users: UsersClient<Link>,
    projects: ProjectsClient<Link>,
    participation: ParticipationClient<Link>,
    rounds: App,
    of_projects: TestDatabase,
    _others: (TestDatabase, TestDatabase, TestObjects),
}

fn down() -> Link {
    BoxCloneSyncService::new(tower::service_fn(|_request| async {
        Err::<http::Response<_>, _>(Status::unavailable("connection refused"))
    }))
}

/// The same link, and its calls counted.
fn counting(link: Link, counted: &Counted) -> Link {
    let counted = Arc::clone(counted);
    BoxCloneSyncService::new(link.map_request(move |request: http::Request<_>| {
        let rpc = request.uri().path().rsplit('/').next().unwrap().to_owned();
        *counted.lock().unwrap().entry(rpc).or_default() += 1;
        request
    }))
}

impl World {
    async fn open() -> Self {
        let (tokens, tenant, objects) = (TokenMaker::new(), TenantId::new(), TestObjects::new());
        let verifier = Arc::new(tokens.verifier());
        let of_users = TestDatabase::start("users", &[&users::MIGRATOR]).await;
        let of_projects = TestDatabase::start("projects", &[&projects::MIGRATOR]).await;
        let of_rounds = TestDatabase::start("participation", &[&participation::MIGRATOR]).await;
        let blobs = objects.clone();
        let users = users::start(
            of_users.db.clone(),
            Arc::clone(&verifier),
            users::Config {
                blobs: blobs.clone(),
            },
        );
        let projects = projects::start(
            of_projects.db.clone(),
            Arc::clone(&verifier),
            projects::Config {
                demo_time: false,
                blobs,
            },
        );
        let rounds = participation::start(of_rounds.db.clone(), verifier);
        let near = [&users, &projects, &rounds].map(|service| service.gate.near("gateway"));
        let [users, projects, participation] = near;
        let counted = Counted::default();
        let links = Links {
            auth: down(),
            users: counting(users.clone(), &counted),
            projects: counting(projects.clone(), &counted),
            participation: counting(participation.clone(), &counted),
            accounting: down(),
            notification: down(),
        };
        let config = Config {
            development: false,
            issuer: "https://fondeo.test".to_owned(),
            tenant,
        };
        let store = Arc::new(of_rounds.db.clone());
        Self {
            router: gateway::router(config, links),
            counted,
            tokens,
            tenant,
            users: UsersClient::new(users),
            projects: ProjectsClient::new(projects),
            participation: ParticipationClient::new(participation),
            rounds: App {
                store: store.clone(),
                reads: store,
            },
            of_projects,
            _others: (of_users, of_rounds, objects),
        }
    }

    fn by<T>(&self, person: &Person, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.tokens.token(&TokenMaker::claims(person)));
        let metadata = request.metadata_mut();
        metadata.insert("authorization", bearer.parse().unwrap());
        request
    }

    fn system(&self) -> Actor {
        Actor::service("test", self.tenant, EventId::new().as_uuid())
    }

    /// Somebody with a name, verified wherever it matters.
    async fn person(&self, role: Role, name: &str) -> Person {
        let person = Person {
            tenant: self.tenant,
            id: UserId::new(),
            roles: vec![role],
        };
        let papers = SubmitKycRequest {
            idempotency_key: "papers".to_owned(),
            full_name: name.to_owned(),
            country: "PE".to_owned(),
            document_type: "NATIONAL_ID".to_owned(),
            document_number: "4512 8890".to_owned(),
            birth_date: "1988-02-29".to_owned(),
        };
        let call = self.by(&person, papers);
        self.users.clone().submit_kyc(call).await.unwrap();
        let verified = KycVerified {
            user_id: person.id.to_string(),
            country: "PE".to_owned(),
            valid_until: "2999-01-01T00:00:00Z".to_owned(),
            verified_by: UserId::new().to_string(),
        };
        let verified = envelope(self.tenant, &verified);
        self.of_projects.hear(&OfUsers, &verified).await.unwrap();
        let mut tx = self.rounds.store.begin(&self.system()).await.unwrap();
        let identity = Identity {
            investor: person.id,
            verified: true,
            valid_until: None,
        };
        investor_checked(&mut *tx, identity).await.unwrap();
        tx.commit().await.unwrap();
        person
    }

    /// A published project of the example's sheets, and its round of 1 000.00 USD.
    #[expect(clippy::too_many_lines, reason = "one story, call after call")]
    async fn project(&self, owner: &Person, name: &str) -> ProjectId {
        let mut projects = self.projects.clone();
        let sheet = |file: &str| {
            let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/");
            std::fs::read(format!("{examples}{file}")).unwrap()
        };
        let create = pb::CreateProjectRequest {
            idempotency_key: name.to_owned(),
            name: name.to_owned(),
            summary: "A container of home goods".to_owned(),
            risk_text: "You may lose the money you put in.".to_owned(),
            jurisdiction: "PE".to_owned(),
            currency: "USD".to_owned(),
            goods_csv: sheet("ningbo-home-goods.csv"),
            costs_csv: sheet("ningbo-home-goods.costs.csv"),
            workbook_xlsx: vec![],
        };
        let created = projects.create_project(self.by(owner, create)).await;
        let project_id = created.unwrap().into_inner().project.unwrap().project_id;
        let usd = |minor| {
            Some(contracts::money::Money {
                currency: "USD".to_owned(),
                minor,
            })
        };
        let terms = pb::SetTermsRequest {
            idempotency_key: format!("terms of {name}"),
            project_id: project_id.clone(),
            terms: Some(pb::Terms {
                margin_ppm: 300_000,
                min_ticket: usd(50_000),
                max_ticket: usd(2_500_000),
                products_ticket_min: usd(100_000),
                first_loss: usd(0),
                investor_share_ppm: 800_000,
                cooling_off_hours: 96,
                decision_hours: 72,
                funding_days: 30,
                approval_days: 30,
                start_days: 30,
                collection_days: 15,
                ..pb::Terms::default()
            }),
        };
        projects.set_terms(self.by(owner, terms)).await.unwrap();
        let publish = pb::PublishProjectRequest {
            idempotency_key: format!("publish {name}"),
            project_id: project_id.clone(),
            funding_opens_at: String::new(),
        };
        projects
            .publish_project(self.by(owner, publish))
            .await
            .unwrap();
        let project = project_id.parse().unwrap();
        let mut tx = self.rounds.store.begin(&self.system()).await.unwrap();
        let terms = Terms {
            min_ticket_minor: 1_000,
            max_ticket_minor: None,
            products_ticket_min_minor: None,
            decision_hours: 72,
            cooling_off_hours: 96,
            deadline: tx.now() + Duration::days(30),
            first_loss_minor: 0,
            conditions: None,
        };
        let goal = Money::try_new(100_000, Currency::USD).unwrap();
        funding_opened(&mut *tx, project, owner.id, goal, terms)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        project
    }

    /// A signed request for 10.00 USD, and its money set aside.
    async fn take_part(&self, investor: &Person, project: ProjectId) {
        let mut rounds = self.participation.clone();
        let amount = contracts::money::Money {
            currency: "USD".to_owned(),
            minor: 1_000,
        };
        let read = ppb::ParticipationAgreementRequest {
            project_id: project.to_string(),
            amount: Some(amount.clone()),
            r#type: "PROFIT_ONLY".to_owned(),
            language: "es".to_owned(),
        };
        let read = rounds
            .participation_agreement(self.by(investor, read))
            .await;
        let agreement = read.unwrap().into_inner().agreement.unwrap();
        let request = ppb::RequestParticipationRequest {
            idempotency_key: project.to_string(),
            project_id: project.to_string(),
            amount: Some(amount),
            r#type: "PROFIT_ONLY".to_owned(),
            allow_partial: false,
            join_waiting_list: false,
            agreement_version: agreement.version,
            agreement_hash: agreement.sha256,
        };
        let asked = rounds
            .request_participation(self.by(investor, request))
            .await;
        let asked = asked.unwrap().into_inner().participation.unwrap();
        let id: ParticipationId = asked.participation_id.parse().unwrap();
        let mut tx = self.rounds.store.begin(&self.system()).await.unwrap();
        funds_moved(&mut *tx, id, FundsWord::Held).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The answer's data, and which calls it took.
    async fn ask(&self, person: &Person, query: &str) -> (Value, BTreeMap<String, usize>) {
        self.counted.lock().unwrap().clear();
        let token = self.tokens.token(&TokenMaker::claims(person));
        let request = http::Request::post("/graphql")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(json!({ "query": query }).to_string()));
        let answer = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
        (answer["data"].clone(), self.counted.lock().unwrap().clone())
    }
}

fn calls(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter()
        .map(|(rpc, count)| ((*rpc).to_owned(), *count))
        .collect()
}

/// On one thread, so that how many a moment gathers is no matter of the machine's load.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, call after call")]
async fn a_list_of_fifty_costs_a_handful_of_calls_and_comes_page_by_page() {
    let world = World::open().await;
    let mut owners = Vec::new();
    for at in 0..5 {
        owners.push(world.person(Role::Owner, &format!("Owner {at}")).await);
    }
    let lucia = world.person(Role::Investor, "Lucía Fernández").await;
    let mut projects = Vec::new();
    for at in 0..MANY {
        let owner = &owners[at % owners.len()];
        let project = world.project(owner, &format!("Project {at}")).await;
        world.take_part(&lucia, project).await;
        projects.push(project);
    }
    for at in 1..MANY {
        let name = format!("Investor {at}");
        let other = world.person(Role::Investor, &name).await;
        world.take_part(&other, projects[0]).await;
    }

    let all =
        "{ projects(first: 50) { nodes { name owner { name trackRecord { states { state count } } }
                 offering { goal { amount } room { amount } } products { sku name quantity } }
                 pageInfo { hasNextPage } } }";
    let (shown, took) = world.ask(&lucia, all).await;
    let nodes = shown["projects"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), MANY);
    assert_eq!(shown["projects"]["pageInfo"]["hasNextPage"], false);
    for (node, at) in nodes.iter().zip((0..MANY).rev()) {
        assert_eq!(node["name"], format!("Project {at}"));
        assert_eq!(node["owner"]["name"], format!("Owner {}", at % 5));
        let states = json!([{ "state": "PUBLISHED", "count": 10 }]);
        assert_eq!(node["owner"]["trackRecord"]["states"], states);
        let room = if at == 0 { "500.00" } else { "990.00" };
        assert_eq!(node["offering"]["room"]["amount"], room);
        assert!(node["products"].as_array().unwrap().len() > 1);
    }
    let each_once = calls(&[
        ("ProjectList", 1),
        ("Names", 1),
        ("TrackRecords", 1),
        ("Offerings", 1),
    ]);
    assert_eq!(took, each_once);

    let portfolio = "{ portfolio(first: 50) { nodes { state investor { name }
                       project { name owner { name } offering { room { amount } } } } } }";
    let (shown, took) = world.ask(&lucia, portfolio).await;
    let nodes = shown["portfolio"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), MANY);
    assert_eq!(nodes[0]["project"]["name"], "Project 49");
    assert_eq!(nodes[0]["investor"]["name"], "Lucía Fernández");
    // Names twice: who the owners are is known only with the projects.
    let handful = calls(&[
        ("Portfolio", 1),
        ("ProjectList", 1),
        ("Names", 2),
        ("Offerings", 1),
    ]);
    assert_eq!(took, handful);

    let of_one = format!(
        "{{ projectParticipations(projectId: \"{}\", first: 50) \
         {{ nodes {{ investor {{ name }} }} }} }}",
        projects[0]
    );
    let (shown, took) = world.ask(&owners[0], &of_one).await;
    let nodes = shown["projectParticipations"]["nodes"].as_array().unwrap();
    let names: Vec<_> = nodes.iter().map(|one| &one["investor"]["name"]).collect();
    assert_eq!((names.len(), names[0]), (MANY, &json!("Investor 49")));
    assert_eq!(took, calls(&[("ProjectParticipations", 1), ("Names", 1)]));

    // Fifty in pages of twenty-five: the second is the last one, and says so.
    for list in ["projects", "portfolio"] {
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        for page in 0..2 {
            let query = format!(
                "{{ {list}(first: 25, after: {after}) {{ edges {{ cursor node {{ __typename }} }}
                     pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }} }} }}"
            );
            let (shown, _) = world.ask(&lucia, &query).await;
            let (edges, info) = (&shown[list]["edges"], &shown[list]["pageInfo"]);
            assert_eq!(edges.as_array().unwrap().len(), 25);
            assert_eq!(info["hasPreviousPage"], page == 1);
            assert_eq!(info["hasNextPage"], page == 0);
            assert_eq!(info["startCursor"], edges[0]["cursor"]);
            assert_eq!(info["endCursor"], edges[24]["cursor"]);
            let cursors = edges.as_array().unwrap().iter();
            seen.extend(cursors.map(|edge| edge["cursor"].to_string()));
            after = info["endCursor"].clone();
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), MANY, "{list}");
    }
}
