//! The door of a service, from outside: who comes in, who does not, and what is written down.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use authz::Role;
use contracts::auth::AccountRequest;
use contracts::auth::auth_client::AuthClient;
use contracts::journal::journal_client::JournalClient;
use contracts::journal::{FeedRequest, TimeLineRequest, VerifyRequest};
use ids::{TenantId, UserId};
use link::{Link, Refusal};
use service::Service;
use testkit::{Person, TestDatabase, TokenMaker};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tonic::service::RoutesBuilder;
use tonic::{Code, Request};

struct House {
    service: Service,
    maker: TokenMaker,
    test: TestDatabase,
    _sequencer: AbortOnDropHandle<()>,
}

#[expect(clippy::disallowed_methods, reason = "the test's own workers")]
async fn house() -> House {
    let test = TestDatabase::start("auth", &[]).await;
    let maker = TokenMaker::new();
    let mut service = Service::new(
        test.db.clone(),
        Arc::new(maker.verifier()),
        &[],
        RoutesBuilder::default(),
        Arc::new(|_| Box::pin(async { Ok(Vec::new()) })),
    );
    let sequencer = (service.workers.remove(0).run)(CancellationToken::new());
    House {
        service,
        maker,
        test,
        _sequencer: AbortOnDropHandle::new(tokio::spawn(sequencer)),
    }
}

impl House {
    fn client(&self, caller: &'static str) -> JournalClient<Link> {
        JournalClient::new(self.service.gate.near(caller))
    }

    fn request<T>(&self, message: T, person: &Person, age_s: i64) -> Request<T> {
        let mut claims = TokenMaker::claims(person);
        claims.auth_time -= age_s;
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.maker.token(&claims));
        request
            .metadata_mut()
            .insert("authorization", bearer.parse().unwrap());
        request
    }
}

fn person(roles: &[Role]) -> Person {
    Person {
        tenant: TenantId::new(),
        id: UserId::new(),
        roles: roles.to_vec(),
    }
}

#[tokio::test]
async fn an_auditor_comes_in_and_an_investor_does_not() {
    let house = house().await;
    let mut journal = house.client("gateway");
    let auditor = house.request(VerifyRequest {}, &person(&[Role::Auditor]), 0);
    assert!(journal.verify(auditor).await.is_ok());

    let investor = person(&[Role::Investor]);
    let denied = journal
        .verify(house.request(VerifyRequest {}, &investor, 0))
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    assert_eq!(Refusal::from_status(&denied).unwrap().code, "forbidden");

    // The attempt is in the record, under the person's own name.
    let auditor = Person {
        roles: vec![Role::Auditor],
        id: UserId::new(),
        ..investor.clone()
    };
    let asked = TimeLineRequest {
        id: investor.id.to_string(),
        first: 10,
        after_seq: 0,
    };
    for _ in 0..500 {
        let request = house.request(asked.clone(), &auditor, 0);
        let entries = journal
            .time_line(request)
            .await
            .unwrap()
            .into_inner()
            .entries;
        if let [entry] = entries.as_slice() {
            assert!(
                entry.body.contains("fondeo.journal.v1.AccessDenied"),
                "{}",
                entry.body
            );
            assert!(
                entry.body.contains(&format!("user:{}", investor.id)),
                "{}",
                entry.body
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the denied call is not in the record");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_denied_calls_at_once_each_is_written_down() {
    let house = house().await;
    let investor = person(&[Role::Investor]);
    let denied = (0..24).map(|_| async {
        let request = house.request(VerifyRequest {}, &investor, 0);
        house.client("gateway").verify(request).await.unwrap_err()
    });
    futures::future::join_all(denied).await;
    let mut superuser = house.test.superuser_connection().await;
    let written: i64 = sqlx::query_scalar("SELECT count(*) FROM journal")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(written, 24);
}

#[tokio::test]
async fn a_service_reads_the_feed_of_all_tenants_through_the_door() {
    let house = house().await;
    let investor = house.request(VerifyRequest {}, &person(&[Role::Investor]), 0);
    house.client("gateway").verify(investor).await.unwrap_err();
    let request = FeedRequest {
        after_seq: 0,
        limit: 10,
        wait_ms: 5_000,
    };
    let entries = house
        .client("users")
        .feed(request)
        .await
        .unwrap()
        .into_inner()
        .entries;
    assert_eq!(entries.len(), 1, "the denied call is the first event");
}

#[tokio::test]
async fn without_a_token_or_through_the_wrong_program_nobody_comes_in() {
    let house = house().await;
    let anonymous = house
        .client("gateway")
        .verify(VerifyRequest {})
        .await
        .unwrap_err();
    assert_eq!(anonymous.code(), Code::Unauthenticated);

    let auditor = person(&[Role::Auditor]);
    let request = house.request(VerifyRequest {}, &auditor, 0);
    let wrong_program = house.client("users").verify(request).await.unwrap_err();
    assert_eq!(wrong_program.code(), Code::PermissionDenied);

    // A feed is for services; a person's token opens it to nobody.
    let request = house.request(FeedRequest::default(), &auditor, 0);
    let person_at_feed = house.client("gateway").feed(request).await.unwrap_err();
    assert_eq!(person_at_feed.code(), Code::PermissionDenied);
    assert_eq!(house.test.db.service, "auth");
}

#[tokio::test]
async fn an_rpc_without_a_line_in_the_table_is_not_there() {
    let house = house().await;
    let mut auth = AuthClient::new(house.service.gate.near("gateway"));
    let request = house.request(AccountRequest {}, &person(&[Role::Admin]), 0);
    let refused = auth.account(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
}
