//! The door over the network: who a program is, its certificate says, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use authz::Role;
use contracts::journal::journal_client::JournalClient;
use contracts::journal::{FeedRequest, VerifyRequest};
use ids::{TenantId, UserId};
use link::{Link, far, pki};
use service::{SERVICES, Service};
use testkit::{Person, TestDatabase, TokenMaker};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;
use tonic::{Code, Request};

const CALLERS: &[&str] = &["gateway", "users"];

struct House {
    service: Service,
    maker: TokenMaker,
    folder: tempfile::TempDir,
    _test: TestDatabase,
}

async fn house() -> House {
    let test = TestDatabase::start("auth", &[]).await;
    let maker = TokenMaker::new();
    let service = Service::new(
        test.db.clone(),
        Arc::new(maker.verifier()),
        &[],
        RoutesBuilder::default(),
        Arc::new(|_| Box::pin(async { Ok(Vec::new()) })),
    );
    let folder = tempfile::tempdir().unwrap();
    for authority in ["ours", "foreign"] {
        let programs: Vec<&str> = SERVICES.iter().copied().chain(["gateway"]).collect();
        pki::make(&folder.path().join(authority), &programs, clock::real_now()).unwrap();
    }
    House {
        service,
        maker,
        folder,
        _test: test,
    }
}

impl House {
    /// Serves on the address until the token says stop.
    #[expect(clippy::disallowed_methods, reason = "the test's own worker")]
    async fn serve(&self, on: SocketAddr) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = TcpListener::bind(on).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (gate, until) = (self.service.gate.clone(), stop.clone());
        let shown = pki::read(&self.ours(), "auth").unwrap();
        let task = tokio::spawn(async move {
            link::serve(gate, CALLERS, listener, &shown, until)
                .await
                .unwrap();
        });
        (address, stop, task)
    }

    fn ours(&self) -> std::path::PathBuf {
        self.folder.path().join("ours")
    }

    fn client(&self, to: SocketAddr, (folder, program): (&Path, &str)) -> JournalClient<Link> {
        let mut shown = pki::read(folder, program).unwrap();
        // Whom the caller believes is not what is tried here.
        shown.authority = pki::read(&self.ours(), "auth").unwrap().authority;
        JournalClient::new(far(&format!("https://{to}"), "auth", &shown).unwrap())
    }

    fn audit(&self) -> Request<VerifyRequest> {
        let person = Person {
            tenant: TenantId::new(),
            id: UserId::new(),
            roles: vec![Role::Auditor],
        };
        let token = self.maker.token(&TokenMaker::claims(&person));
        let mut request = Request::new(VerifyRequest {});
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_who_its_certificate_says() {
    let house = house().await;
    let (at, _stop, _task) = house.serve(loopback()).await;
    let ours = house.ours();
    let foreign = house.folder.path().join("foreign");

    let mut gateway = house.client(at, (&ours, "gateway"));
    gateway.verify(house.audit()).await.unwrap();
    // The gateway may not read feeds, a service may not call in a person's name.
    let feed = || FeedRequest {
        after_seq: 0,
        limit: 1,
        wait_ms: 0,
    };
    let refused = gateway.feed(feed()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut users = house.client(at, (&ours, "users"));
    users.feed(feed()).await.unwrap();
    let refused = users.verify(house.audit()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    // A program that this listener does not expect, though the authority signed its name.
    let refused = house
        .client(at, (&ours, "accounting"))
        .feed(feed())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    // The right name from a foreign authority opens nothing.
    let refused = house
        .client(at, (&foreign, "gateway"))
        .verify(house.audit())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_takes_no_other_service_for_its_own() {
    let house = house().await;
    let (at, _stop, _task) = house.serve(loopback()).await;
    let shown = pki::read(&house.ours(), "gateway").unwrap();
    let link = far(&format!("https://{at}"), "accounting", &shown).unwrap();
    let refused = JournalClient::new(link)
        .verify(house.audit())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(far("http://127.0.0.1:1", "auth", &shown).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_outlives_the_service_at_its_end() {
    let house = house().await;
    let (at, stop, task) = house.serve(loopback()).await;
    let mut gateway = house.client(at, (&house.ours(), "gateway"));
    gateway.verify(house.audit()).await.unwrap();

    stop.cancel();
    task.await.unwrap();
    let refused = gateway.verify(house.audit()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);

    let (_, _stop, _task) = house.serve(at).await;
    gateway.verify(house.audit()).await.unwrap();
}
