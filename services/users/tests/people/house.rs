//! The service behind its door, with a database of its own, and people who call it.

use std::sync::Arc;

use authz::Role;
use contracts::EventMessage;
use contracts::journal::VerifyRequest;
use contracts::journal::journal_client::JournalClient;
use contracts::users as pb;
use contracts::users::users_client::UsersClient;
use ids::{TenantId, UserId};
use journal::Apply;
use link::{Link, Refusal};
use service::Service;
use testkit::{Person, TestDatabase, TokenMaker, envelope};
use tonic::Request;
use users::application::App;

pub struct House {
    pub service: Service,
    pub app: App,
    pub users: UsersClient<Link>,
    pub maker: TokenMaker,
    pub tenant: TenantId,
    pub test: TestDatabase,
    pub blobs: blob::Blobs,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn open() -> Self {
        let test = TestDatabase::start("users", &[&users::MIGRATOR]).await;
        let maker = TokenMaker::new();
        let folder = tempfile::tempdir().unwrap();
        let blobs = blob::Blobs::local(folder.path(), "http://papers.test").unwrap();
        let config = users::Config {
            blobs: blobs.clone(),
        };
        let service = users::start(test.db.clone(), Arc::new(maker.verifier()), config);
        Self {
            users: UsersClient::new(service.gate.near("gateway")),
            app: App {
                store: Arc::new(test.db.clone()),
                files: Arc::new(users::KycFiles(blobs.clone())),
            },
            blobs,
            _folder: folder,
            service,
            maker,
            tenant: TenantId::new(),
            test,
        }
    }

    pub fn person(&self, roles: &[Role]) -> Person {
        Person {
            tenant: self.tenant,
            id: UserId::new(),
            roles: roles.to_vec(),
        }
    }

    pub fn by<T>(&self, person: &Person, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.maker.token(&TokenMaker::claims(person)));
        let metadata = request.metadata_mut();
        metadata.insert("authorization", bearer.parse().unwrap());
        request
    }

    pub async fn submit(&self, person: &Person, key: &str, name: &str) -> Result<String, String> {
        let message = pb::SubmitKycRequest {
            idempotency_key: key.to_owned(),
            full_name: name.to_owned(),
            country: "PE".to_owned(),
            document_type: "NATIONAL_ID".to_owned(),
            document_number: "4512 8890".to_owned(),
            birth_date: "1988-02-29".to_owned(),
        };
        let answer = self
            .users
            .clone()
            .submit_kyc(self.by(person, message))
            .await;
        let reply = answer.map_err(|status| Refusal::from_status(&status).unwrap().code)?;
        Ok(reply.into_inner().profile.unwrap().kyc_state)
    }

    pub async fn verify(&self, admin: &Person, key: &str, user: UserId) -> Result<String, String> {
        let message = pb::VerifyKycRequest {
            idempotency_key: key.to_owned(),
            user_id: user.to_string(),
        };
        let answer = self.users.clone().verify_kyc(self.by(admin, message)).await;
        let reply = answer.map_err(|status| Refusal::from_status(&status).unwrap().code)?;
        Ok(reply.into_inner().profile.unwrap().kyc_state)
    }

    pub async fn reject(&self, admin: &Person, key: &str, user: UserId) -> Result<String, String> {
        let message = pb::RejectKycRequest {
            idempotency_key: key.to_owned(),
            user_id: user.to_string(),
            reason: "The photograph is blurred".to_owned(),
        };
        let answer = self.users.clone().reject_kyc(self.by(admin, message)).await;
        let reply = answer.map_err(|status| Refusal::from_status(&status).unwrap().code)?;
        Ok(reply.into_inner().profile.unwrap().kyc_reason)
    }

    pub async fn profile(&self, by: &Person, user: &str) -> Result<pb::Profile, String> {
        let message = pb::ProfileRequest {
            user_id: user.to_owned(),
        };
        let answer = self.users.clone().profile(self.by(by, message)).await;
        let reply = answer.map_err(|status| Refusal::from_status(&status).unwrap().code)?;
        Ok(reply.into_inner().profile.unwrap())
    }

    pub async fn queue(&self, admin: &Person) -> Vec<String> {
        let request = self.by(admin, pb::KycQueueRequest {});
        let reply = self.users.clone().kyc_queue(request).await.unwrap();
        let submissions = reply.into_inner().submissions;
        submissions.into_iter().map(|one| one.user_id).collect()
    }

    pub async fn hear<E: EventMessage>(&self, apply: &dyn Apply, event: &E) {
        let event = envelope(self.tenant, event);
        self.test.hear(apply, &event).await.unwrap();
    }

    /// The events of one person, in their order.
    pub async fn recorded(&self, user: UserId) -> Vec<String> {
        let mut superuser = self.test.superuser_connection().await;
        let types = sqlx::query_scalar::<_, String>(
            "SELECT type FROM journal WHERE aggregate = $1 AND type LIKE 'fondeo.users.%'
             ORDER BY aggregate_version",
        )
        .bind(user.as_uuid())
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        let name = |ty: String| ty.rsplit('.').next().unwrap().to_owned();
        types.into_iter().map(name).collect()
    }

    /// What the service finds wrong with itself.
    pub async fn findings(&self) -> Vec<String> {
        let auditor = self.person(&[Role::Auditor]);
        let mut journal = JournalClient::new(self.service.gate.near("gateway"));
        let reply = journal.verify(self.by(&auditor, VerifyRequest {})).await;
        let checks = reply.unwrap().into_inner().checks;
        assert!(checks.iter().any(|check| check.examined > 0));
        checks
            .into_iter()
            .flat_map(|check| check.findings)
            .collect()
    }
}
