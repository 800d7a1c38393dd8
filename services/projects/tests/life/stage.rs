//! The stage: the service with its door, people with tokens, and other services' words.

use std::sync::Arc;

use authz::{Actor, Role, Subject};
use contracts::EventMessage;
use contracts::accounting as acc;
use contracts::money::Money as PbMoney;
use contracts::participation as part;
use contracts::projects as pb;
use contracts::projects::projects_client::ProjectsClient;
use contracts::users::{KycRejected, KycVerified};
use ids::{EventId, ParticipationId, ProjectId, TenantId, UserId};
use journal::{Apply, ApplyError, Envelope};
use link::{Link, Refusal};
use money::Money;
use projects::application::App;
use projects::application::sweep::sweep_due;
use projects::interfaces::{OfAccounting, OfParticipation, OfUsers};
use service::Service;
use sha2::{Digest as _, Sha256};
use testkit::{Person, TestDatabase, TestObjects, TokenMaker, envelope};
use tonic::{Request, Response, Status};

pub const GOAL: i64 = 7_725_760;
const APPROVED_AT: &str = "2026-01-02T03:04:05.123456Z";

pub struct Stage {
    pub app: App,
    pub client: ProjectsClient<Link>,
    /// The same service on another replica.
    pub other: ProjectsClient<Link>,
    pub rosa: Person,
    pub patricia: Person,
    pub database: TestDatabase,
    pub objects: TestObjects,
    maker: TokenMaker,
    tenant: TenantId,
    _services: [Service; 2],
}

/// The answer's project, or the code of the refusal.
pub fn outcome(answer: Result<Response<pb::ProjectReply>, Status>) -> Result<pb::Project, String> {
    match answer {
        Ok(reply) => Ok(reply.into_inner().project.unwrap()),
        Err(status) => Err(refusal(&status).code),
    }
}

pub fn refusal(status: &Status) -> Refusal {
    Refusal::from_status(status).unwrap_or_else(|| panic!("no refusal: {status}"))
}

#[expect(clippy::unnecessary_wraps, reason = "as the messages have it")]
pub fn usd(minor: i64) -> Option<PbMoney> {
    Some(PbMoney {
        currency: "USD".to_owned(),
        minor,
    })
}

pub fn example(name: &str) -> Vec<u8> {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/");
    std::fs::read(format!("{examples}{name}")).unwrap()
}

/// The terms of the story, as its file has them.
pub fn story_terms() -> pb::Terms {
    let story: serde_json::Value = serde_json::from_slice(&example("story/settled.json")).unwrap();
    let terms = &story["terms"];
    let money = |name: &str| {
        let amount = Money::parse(terms[name].as_str().unwrap(), "USD".parse().unwrap());
        usd(amount.unwrap().minor())
    };
    let number = |name: &str| terms[name].as_i64().unwrap();
    let small = |name: &str| i32::try_from(number(name)).unwrap();
    pb::Terms {
        margin_ppm: number("margin_ppm"),
        min_ticket: money("min_ticket"),
        max_ticket: money("max_ticket"),
        products_ticket_min: money("products_ticket_min"),
        products_allowed: true,
        finance_recoverable: terms["finance_recoverable"].as_bool().unwrap(),
        contingency_ppm: number("contingency_ppm"),
        platform_fee_ppm: number("platform_fee_ppm"),
        investor_share_ppm: number("investor_share_ppm"),
        success_fee_ppm: number("success_fee_ppm"),
        tax_withholding_ppm: number("tax_withholding_ppm"),
        first_loss: money("first_loss"),
        holdback_ppm: number("holdback_ppm"),
        holdback_days: small("holdback_days"),
        buyback_ppm: number("buyback_ppm"),
        cooling_off_hours: small("cooling_off_hours"),
        decision_hours: small("decision_hours"),
        funding_days: small("funding_deadline_hours") / 24,
        approval_days: small("approval_days"),
        start_days: small("start_days"),
        collection_days: small("collection_days"),
    }
}

pub fn ningbo(key: &str) -> pb::CreateProjectRequest {
    pb::CreateProjectRequest {
        idempotency_key: key.to_owned(),
        name: "Ningbo home goods 40HC".to_owned(),
        summary: "A container of home goods from Ningbo to Callao".to_owned(),
        risk_text: "You may lose the money you put in.".to_owned(),
        jurisdiction: "PE".to_owned(),
        currency: "USD".to_owned(),
        goods_csv: example("ningbo-home-goods.csv"),
        costs_csv: example("ningbo-home-goods.costs.csv"),
        workbook_xlsx: vec![],
    }
}

impl Stage {
    pub async fn set(demo_time: bool) -> Self {
        let database = TestDatabase::start("projects", &[&projects::MIGRATOR]).await;
        let maker = TokenMaker::new();
        let db = database.db.clone();
        let objects = TestObjects::new();
        let config = projects::Config {
            demo_time,
            blobs: objects.clone(),
        };
        let verifier = Arc::new(maker.verifier());
        let replica = database.replica().await;
        let other = projects::start(replica, Arc::clone(&verifier), config.clone());
        let service = projects::start(db.clone(), verifier, config);
        let tenant = TenantId::new();
        let store = Arc::new(db);
        let app = App {
            store: store.clone(),
            reads: store,
            demo_time,
            blobs: objects.clone(),
        };
        Self {
            app,
            client: ProjectsClient::new(service.gate.near("gateway")),
            other: ProjectsClient::new(other.gate.near("gateway")),
            rosa: person(tenant, &[Role::Owner]),
            patricia: person(tenant, &[Role::Admin]),
            database,
            objects,
            maker,
            tenant,
            _services: [service, other],
        }
    }

    pub fn somebody(&self, roles: &[Role]) -> Person {
        person(self.tenant, roles)
    }

    /// The person's call, signed in so many seconds ago.
    pub fn signed_in<T>(&self, person: &Person, message: T, age_s: i64) -> Request<T> {
        let mut claims = TokenMaker::claims(person);
        claims.auth_time -= age_s;
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.maker.token(&claims));
        request
            .metadata_mut()
            .insert("authorization", bearer.parse().unwrap());
        request
    }

    pub fn by<T>(&self, person: &Person, message: T) -> Request<T> {
        self.signed_in(person, message, 0)
    }

    /// The call of somebody who is not signed in, as the gateway passes it on.
    pub fn anonymous<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let tenant = self.tenant.to_string();
        request
            .metadata_mut()
            .insert("fondeo-tenant", tenant.parse().unwrap());
        request
    }

    pub fn actor(&self) -> Actor {
        Actor::service("test", self.tenant, EventId::new().as_uuid())
    }

    pub fn person(&self, person: &Person) -> Actor {
        Actor {
            subject: Subject::User(person.id),
            roles: person.roles.clone(),
            ..self.actor()
        }
    }

    /// An event of another service, applied as the follower does.
    pub async fn hear<E: EventMessage>(
        &self,
        apply: &dyn Apply,
        event: &E,
    ) -> Result<(), ApplyError> {
        let event = envelope(self.tenant, event);
        self.database.hear(apply, &event).await
    }

    pub async fn verify(&self, user: UserId) {
        let event = KycVerified {
            user_id: user.to_string(),
            country: "PE".to_owned(),
            valid_until: "2999-01-01T00:00:00Z".to_owned(),
            verified_by: UserId::new().to_string(),
        };
        self.hear(&OfUsers, &event).await.unwrap();
    }

    pub async fn reject(&self, user: UserId) {
        let event = KycRejected {
            user_id: user.to_string(),
            reason: "blurred".to_owned(),
            rejected_by: UserId::new().to_string(),
        };
        self.hear(&OfUsers, &event).await.unwrap();
    }

    /// A draft with the story's sheet.
    pub async fn draft(&mut self, key: &str) -> String {
        let call = self.by(&self.rosa, ningbo(key));
        outcome(self.client.create_project(call).await)
            .unwrap()
            .project_id
    }

    pub async fn set_terms(
        &mut self,
        project: &str,
        terms: pb::Terms,
    ) -> Result<pb::Project, String> {
        let request = pb::SetTermsRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
            terms: Some(terms),
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.set_terms(call).await)
    }

    pub async fn publish(&mut self, project: &str, opens_at: &str) -> Result<pb::Project, String> {
        let request = pb::PublishProjectRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
            funding_opens_at: opens_at.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.publish_project(call).await)
    }

    pub async fn open_funding(&mut self, project: &str) -> Result<pb::Project, String> {
        let request = pb::OpenFundingRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.open_funding(call).await)
    }

    pub async fn approve(&mut self, admin: &Person, project: &str) -> Result<pb::Project, String> {
        let request = pb::ApproveProjectRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
        };
        let call = self.by(admin, request);
        outcome(self.client.approve_project(call).await)
    }

    pub async fn start(&mut self, project: &str) -> Result<pb::Project, String> {
        let request = pb::StartExecutionRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.start_execution(call).await)
    }

    pub async fn cancel(
        &mut self,
        who: &Person,
        project: &str,
        reason: &str,
    ) -> Result<pb::Project, String> {
        let request = pb::CancelProjectRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
            reason: reason.to_owned(),
        };
        let call = self.by(who, request);
        outcome(self.client.cancel_project(call).await)
    }

    pub async fn flag(
        &mut self,
        admin: &Person,
        project: &str,
        (flag, reason): (&str, &str),
    ) -> Result<pb::Project, String> {
        let request = pb::SetFlagRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
            flag: flag.to_owned(),
            reason: reason.to_owned(),
        };
        let call = self.by(admin, request);
        outcome(self.client.set_flag(call).await)
    }

    /// The owner tells that something changed; zero hours: nothing must be renewed.
    pub async fn notify(&mut self, project: &str, hours: i32) -> Result<pb::Project, String> {
        let request = pb::NotifyMaterialChangeRequest {
            idempotency_key: EventId::new().to_string(),
            project_id: project.to_owned(),
            text: "The ship sails a month later.".to_owned(),
            renew: hours > 0,
            renew_hours: hours,
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.notify_material_change(call).await)
    }

    pub async fn run_posted(&self, project: &str, kind: &str) -> Result<(), ApplyError> {
        let event = acc::RunPosted {
            run_id: EventId::new().to_string(),
            project_id: project.to_owned(),
            kind: kind.to_owned(),
            ..acc::RunPosted::default()
        };
        self.hear(&OfAccounting, &event).await
    }

    /// The project as its owner sees it.
    pub async fn look(&mut self, project: &str) -> pb::Project {
        let request = pb::ProjectRequest {
            project_id: project.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.project(call).await).unwrap()
    }

    /// A project in FUNDING, with the story's terms.
    pub async fn funding(&mut self) -> String {
        let project = self.draft(&EventId::new().to_string()).await;
        self.set_terms(&project, story_terms()).await.unwrap();
        self.verify(self.rosa.id).await;
        self.publish(&project, "").await.unwrap();
        self.open_funding(&project).await.unwrap();
        project
    }

    /// Somebody asks for a share.
    pub async fn request(&self, project: &str, investor: UserId, minor: i64) -> ParticipationId {
        let id = ParticipationId::new();
        let event = part::ParticipationRequested {
            participation_id: id.to_string(),
            project_id: project.to_owned(),
            investor_id: investor.to_string(),
            amount: usd(minor),
            r#type: "PROFIT_ONLY".to_owned(),
            owner_stake: false,
            decide_by: String::new(),
            ..part::ParticipationRequested::default()
        };
        self.hear(&OfParticipation, &event).await.unwrap();
        id
    }

    /// The owner takes it.
    pub async fn take(&self, project: &str, id: ParticipationId, minor: i64) {
        let event = part::ParticipationApproved {
            participation_id: id.to_string(),
            project_id: project.to_owned(),
            investor_id: UserId::new().to_string(),
            amount: usd(minor),
            r#type: "PROFIT_ONLY".to_owned(),
            approved_at: APPROVED_AT.to_owned(),
            approved_by: self.rosa.id.to_string(),
        };
        self.hear(&OfParticipation, &event).await.unwrap();
    }

    pub async fn filled(&self, project: &str, minor: i64) -> Result<(), ApplyError> {
        let event = part::OfferingFilled {
            project_id: project.to_owned(),
            approved: usd(minor),
        };
        self.hear(&OfParticipation, &event).await
    }

    pub async fn reopened(&self, project: &str, minor: i64) -> Result<(), ApplyError> {
        let event = part::OfferingReopened {
            project_id: project.to_owned(),
            approved: usd(minor),
        };
        self.hear(&OfParticipation, &event).await
    }

    pub async fn escrow(&self, project: &str, minor: i64) {
        let event = acc::EscrowChanged {
            project_id: project.to_owned(),
            capital: usd(minor),
        };
        self.hear(&OfAccounting, &event).await.unwrap();
    }

    /// The list of these, sealed; the hash is that of Participation's contract.
    pub fn seal(list: &[(ParticipationId, UserId, i64)], project: &str) -> part::OfferingSealed {
        let lines = list.iter().map(|(id, investor, minor)| {
            format!("{id}|{investor}|{minor}|PROFIT_ONLY|{APPROVED_AT}\n")
        });
        let digest: [u8; 32] = Sha256::digest(lines.collect::<String>()).into();
        let entry =
            |(id, investor, minor): &(ParticipationId, UserId, i64)| part::SealedParticipation {
                participation_id: id.to_string(),
                investor_id: investor.to_string(),
                amount: usd(*minor),
                r#type: "PROFIT_ONLY".to_owned(),
                owner_stake: false,
                approved_at: APPROVED_AT.to_owned(),
            };
        part::OfferingSealed {
            project_id: project.to_owned(),
            total: usd(list.iter().map(|entry| entry.2).sum()),
            list_hash: hex::encode(digest),
            participations: list.iter().map(entry).collect(),
        }
    }

    /// One investor takes all of it, and the list is sealed.
    pub async fn ready(&mut self) -> String {
        let project = self.funding().await;
        let investor = UserId::new();
        let id = self.request(&project, investor, GOAL).await;
        self.take(&project, id, GOAL).await;
        self.filled(&project, GOAL).await.unwrap();
        self.escrow(&project, GOAL).await;
        let seal = Self::seal(&[(id, investor, GOAL)], &project);
        self.hear(&OfParticipation, &seal).await.unwrap();
        project
    }

    pub async fn frozen(&self, project: &str, version: i64) {
        let event = acc::SnapshotFrozen {
            project_id: project.to_owned(),
            version,
            hash: "0".repeat(64),
        };
        self.hear(&OfAccounting, &event).await.unwrap();
    }

    pub async fn wait(&self, hours: i64) {
        let actor = self.person(&self.patricia);
        let mut tx = self.app.store.begin(&actor).await.unwrap();
        tx.add_business_time(hours * 3_600).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn sweep(&self) -> usize {
        sweep_due(&self.app).await.unwrap()
    }

    /// The events recorded about the project, in the order of writing: type and contents.
    pub async fn recorded(&self, project: &str) -> Vec<(String, serde_json::Value)> {
        let mut superuser = self.database.superuser_connection().await;
        let id: ProjectId = project.parse().unwrap();
        let bodies = sqlx::query_scalar::<_, String>(
            "SELECT body FROM journal WHERE aggregate = $1 ORDER BY aggregate_version",
        )
        .bind(id.as_uuid())
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        let read = |body: String| {
            let event = Envelope::read(0, &body).unwrap();
            (event.ty.rsplit('.').next().unwrap().to_owned(), event.data)
        };
        bodies.into_iter().map(read).collect()
    }

    pub async fn recorded_types(&self, project: &str) -> Vec<String> {
        let recorded = self.recorded(project).await;
        recorded.into_iter().map(|event| event.0).collect()
    }
}

fn person(tenant: TenantId, roles: &[Role]) -> Person {
    Person {
        tenant,
        id: UserId::new(),
        roles: roles.to_vec(),
    }
}
