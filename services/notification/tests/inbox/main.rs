//! Who is told what, in which words, once: real envelopes against a real database, read through
//! the door.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod news;
mod preferences;
mod reading;

use authz::Role;
use contracts::EventMessage;
use contracts::auth::UserRegistered;
use contracts::journal::VerifyRequest;
use contracts::journal::journal_client::JournalClient;
use contracts::money::Money;
use contracts::notification as pb;
use contracts::notification::notification_client::NotificationClient;
use contracts::participation::ParticipationApproved;
use contracts::projects::ProjectPublished;
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use journal::{Apply, Envelope};
use link::{Link, Refusal};
use notification::interfaces::OfAuth;
use service::Service;
use std::sync::Arc;
use testkit::{Person, TestDatabase, TokenMaker, envelope};
use tonic::Request;

struct House {
    service: Service,
    inboxes: NotificationClient<Link>,
    maker: TokenMaker,
    tenant: TenantId,
    project: ProjectId,
    test: TestDatabase,
}

#[expect(clippy::unnecessary_wraps, reason = "as the messages have it")]
fn usd(minor: i64) -> Option<Money> {
    Some(Money {
        currency: "USD".to_owned(),
        minor,
    })
}

impl House {
    async fn open() -> Self {
        let test = TestDatabase::start("notification", &[&notification::MIGRATOR]).await;
        let maker = TokenMaker::new();
        let verifier = Arc::new(maker.verifier());
        // No mail goes out here: the postman is not started, and Auth is not there.
        let nobody = door_without_auth(&test, &verifier);
        let config = notification::Config {
            auth: nobody,
            mail: "never-written".into(),
            from: "Fondeo <no-reply@fondeo.test>".to_owned(),
        };
        let service = notification::start(test.db.clone(), verifier, config);
        Self {
            inboxes: NotificationClient::new(service.gate.near("gateway")),
            service,
            maker,
            tenant: TenantId::new(),
            project: ProjectId::new(),
            test,
        }
    }

    async fn person(&self, language: &str, roles: &[Role]) -> Person {
        let person = Person {
            tenant: self.tenant,
            id: UserId::new(),
            roles: roles.to_vec(),
        };
        let registered = UserRegistered {
            user_id: person.id.to_string(),
            roles: roles.iter().map(ToString::to_string).collect(),
            language: language.to_owned(),
        };
        self.hear(&OfAuth, &registered).await;
        person
    }

    fn by<T>(&self, person: &Person, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.maker.token(&TokenMaker::claims(person)));
        let metadata = request.metadata_mut();
        metadata.insert("authorization", bearer.parse().unwrap());
        request
    }

    /// Hears it, and once more, as after a crash.
    async fn hear<E: EventMessage>(&self, apply: &dyn Apply, event: &E) {
        self.hear_as("service:test", apply, event).await;
    }

    async fn hear_as<E: EventMessage>(&self, actor: &str, apply: &dyn Apply, event: &E) {
        let event = Envelope {
            actor: actor.to_owned(),
            ..envelope(self.tenant, event)
        };
        self.test.hear(apply, &event).await.unwrap();
        self.test.hear(apply, &event).await.unwrap();
    }

    async fn page(&self, person: &Person, first: i32, after: &str) -> pb::InboxReply {
        let message = pb::InboxRequest {
            first,
            after: after.to_owned(),
        };
        let reply = self.inboxes.clone().inbox(self.by(person, message)).await;
        reply.unwrap().into_inner()
    }

    /// What a person was told, oldest first.
    async fn told(&self, person: &Person) -> Vec<String> {
        let notices = self.page(person, 0, "").await.notices;
        notices.into_iter().rev().map(|one| one.kind).collect()
    }

    async fn newest(&self, person: &Person) -> pb::Notice {
        self.page(person, 1, "").await.notices.remove(0)
    }

    async fn mark_read(&self, person: &Person, id: &str) -> Result<(), String> {
        let message = pb::MarkReadRequest {
            notice_id: id.to_owned(),
        };
        let answer = self
            .inboxes
            .clone()
            .mark_read(self.by(person, message))
            .await;
        let code = |status| Refusal::from_status(&status).unwrap().code;
        answer.map(drop).map_err(code)
    }

    async fn findings(&self) -> Vec<String> {
        let auditor = self.person("en", &[Role::Auditor]).await;
        let mut journal = JournalClient::new(self.service.gate.near("gateway"));
        let reply = journal.verify(self.by(&auditor, VerifyRequest {})).await;
        let checks = reply.unwrap().into_inner().checks;
        checks
            .into_iter()
            .flat_map(|check| check.findings)
            .collect()
    }

    fn published(&self, owner: &Person) -> ProjectPublished {
        ProjectPublished {
            project_id: self.project.to_string(),
            owner_id: owner.id.to_string(),
            name: "Ningbo home goods".to_owned(),
            ..ProjectPublished::default()
        }
    }

    fn approved(&self, investor: &Person, minor: i64) -> ParticipationApproved {
        ParticipationApproved {
            participation_id: ParticipationId::new().to_string(),
            project_id: self.project.to_string(),
            investor_id: investor.id.to_string(),
            amount: usd(minor),
            ..ParticipationApproved::default()
        }
    }
}

/// A door with nothing of Auth behind it.
fn door_without_auth(test: &TestDatabase, verifier: &Arc<authz::Verifier>) -> Link {
    let empty = Service::new(
        test.db.clone(),
        Arc::clone(verifier),
        &[],
        tonic::service::RoutesBuilder::default(),
        Arc::new(|_| Box::pin(async { Ok(Vec::new()) })),
    );
    empty.gate.near("notification")
}
