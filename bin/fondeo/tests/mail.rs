//! Notices go out as mails with the addresses that Auth keeps: both services as they are.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use authz::{Role, Verifier};
use contracts::accounting::DepositBooked;
use contracts::journal::VerifyRequest;
use contracts::journal::journal_client::JournalClient;
use contracts::money::Money;
use ids::{TenantId, UserId};
use link::Link;
use notification::interfaces::OfAccounting;
use service::Service;
use testkit::{Person, TestDatabase, TokenMaker, envelope};
use tokio_util::sync::CancellationToken;
use tonic::Request;

struct Office {
    test: TestDatabase,
    verifier: Arc<Verifier>,
    folder: tempfile::TempDir,
}

impl Office {
    fn start(&self, auth: Link) -> Service {
        let config = notification::Config {
            auth,
            mail: self.folder.path().join("mail"),
            from: "Fondeo <no-reply@fondeo.test>".to_owned(),
        };
        notification::start(self.test.db.clone(), Arc::clone(&self.verifier), config)
    }

    /// Has the postman at work until something is seen, or the patience is over.
    async fn at_work(&self, auth: &Link, patience: Duration, seen: impl Fn() -> bool) -> bool {
        let workers = self.start(auth.clone()).workers.into_iter();
        let postman = workers
            .filter(|worker| worker.name == "postman")
            .map(|worker| (worker.run)(CancellationToken::new()));
        let watch = async {
            while !seen() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            _never = futures::future::join_all(postman) => false,
            outcome = tokio::time::timeout(patience, watch) => outcome.is_ok(),
        }
    }

    /// A real Auth that knows Lucía's address.
    async fn auth(&self, tenant: TenantId, lucia: UserId) -> (TestDatabase, Link) {
        let test = TestDatabase::start("auth", &[&auth::MIGRATOR]).await;
        let keys = auth::Keys::open(&self.folder.path().join("secrets")).unwrap();
        let account = auth::SeedAccount {
            user: lucia,
            email: "lucia.fernandez@mail.test".to_owned(),
            password: "limonero azul sobre el muelle".to_owned(),
            language: "es".to_owned(),
            roles: vec![Role::Investor],
            totp: None,
        };
        auth::seed(&test.db, &keys, tenant, &[account])
            .await
            .unwrap();
        let config = auth::Config {
            issuer: "http://127.0.0.1:8080".to_owned(),
            tenant,
            keys,
            clients: Vec::new(),
            secure_cookies: false,
            explorer: None,
        };
        let verifier = Arc::clone(&self.verifier);
        let auth = auth::start(test.db.clone(), verifier, config)
            .await
            .unwrap();
        let link = auth.gate.near("notification");
        (test, link)
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(1_200);

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one history, told in its order")]
async fn a_mail_waits_for_addresses_and_for_its_folder_and_then_goes_out_once() {
    let maker = TokenMaker::new();
    let office = Office {
        test: TestDatabase::start("notification", &[&notification::MIGRATOR]).await,
        verifier: Arc::new(maker.verifier()),
        folder: tempfile::tempdir().unwrap(),
    };
    let mail = office.folder.path().join("mail");
    let (tenant, lucia) = (TenantId::new(), UserId::new());
    let deposit = DepositBooked {
        transfer_id: ids::TransferId::new().to_string(),
        user_id: lucia.to_string(),
        amount: Some(Money {
            currency: "USD".to_owned(),
            minor: 1_000_000,
        }),
    };
    let event = envelope(tenant, &deposit);
    office.test.hear(&OfAccounting, &event).await.unwrap();

    // Behind this door there is no Auth: the mail waits.
    let closed = participation::start(office.test.db.clone(), Arc::clone(&office.verifier));
    let closed = closed.gate.near("notification");
    let appeared = || !files(&mail).is_empty();
    assert!(!office.at_work(&closed, SHORT, appeared).await);

    let (_auth_test, auth) = office.auth(tenant, lucia).await;

    // A file stands where the folder should: it is put off, and tried again.
    std::fs::write(&mail, "in the way").unwrap();
    assert!(!office.at_work(&auth, SHORT, appeared).await);
    std::fs::remove_file(&mail).unwrap();
    let finished = || {
        files(&mail)
            .iter()
            .any(|name| Path::new(name).extension() == Some("eml".as_ref()))
    };
    assert!(
        office.at_work(&auth, LONG, finished).await,
        "{:?}",
        files(&mail)
    );

    let names = files(&mail);
    assert_eq!(names.len(), 1, "{names:?}");
    let path = mail.join(&names[0]);
    let text = std::fs::read_to_string(&path).unwrap();
    for line in [
        "To: lucia.fernandez@mail.test\r\n",
        "From: Fondeo <no-reply@fondeo.test>\r\n",
        "Se abonaron 10.000,00 USD en tu billetera.",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }

    // The worker was cut off as soon as the file stood there, perhaps before it was noted: then
    // the same file is written again. From there on never.
    office.at_work(&auth, SHORT, || false).await;
    std::fs::remove_file(&path).unwrap();
    assert!(!office.at_work(&auth, SHORT, appeared).await);

    // Nobody knows this one's address: after some tries its mail is given up, on the record.
    let stranger = DepositBooked {
        transfer_id: ids::TransferId::new().to_string(),
        user_id: UserId::new().to_string(),
        ..deposit
    };
    let event = envelope(tenant, &stranger);
    office.test.hear(&OfAccounting, &event).await.unwrap();
    let mut superuser = office.test.superuser_connection().await;
    sqlx::query("UPDATE mails SET tries = 7 WHERE state = 'QUEUED'")
        .execute(&mut superuser)
        .await
        .unwrap();
    office.at_work(&auth, SHORT, || false).await;
    let parked = sqlx::query_as::<_, (String, String)>(
        "SELECT m.parked_reason, j.type FROM mails m JOIN journal j ON j.aggregate = m.notice_id
         WHERE m.state = 'PARKED'",
    );
    let parked = parked.fetch_one(&mut superuser).await.unwrap();
    assert_eq!(parked.0, "UNKNOWN_ADDRESS");
    assert!(parked.1.ends_with(".MailParked"), "{}", parked.1);

    let auditor = Person {
        tenant,
        id: UserId::new(),
        roles: vec![Role::Auditor],
    };
    let mut request = Request::new(VerifyRequest {});
    let bearer = format!("Bearer {}", maker.token(&TokenMaker::claims(&auditor)));
    request
        .metadata_mut()
        .insert("authorization", bearer.parse().unwrap());
    let mut journal = JournalClient::new(office.start(auth).gate.near("gateway"));
    let checks = journal.verify(request).await.unwrap().into_inner().checks;
    let sent = checks.iter().find(|check| check.examined > 0).unwrap();
    assert_eq!((sent.examined, &sent.findings), (2, &Vec::new()));
}
