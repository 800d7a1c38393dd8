//! The promises of the record, on a real database: order, chain, append-only, exactly once.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod tampering;

use std::sync::Arc;
use std::time::Duration;

use contracts::auth::SignedIn;
use contracts::journal::journal_client::JournalClient;
use contracts::journal::journal_server::JournalServer;
use ids::{EventId, TenantId};
use journal::{Apply, ApplyError, Envelope, Feed, Head, Record, Subscription};
use pg::{Context, Database, Uow};
use sqlx::{AssertSqlSafe, Executor as _};
use testkit::TestDatabase;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;
use tonic::body::Body;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;
use uuid::Uuid;

type Transport = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Status>;

/// Waits for something that happens beside the test; gives up after ten seconds.
async fn until<F: Future<Output = bool>>(what: &str, check: impl Fn() -> F) {
    for _ in 0..1_000 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}

fn context(tenant: TenantId) -> Context {
    Context {
        tenant,
        actor: "user:test".to_owned(),
        correlation: Uuid::from(EventId::new()),
        causation: None,
    }
}

async fn record(db: &Database, tenant: TenantId, aggregate: Uuid, user: &str) {
    let mut uow = db.unit_of_work(context(tenant)).await.unwrap();
    let event = SignedIn {
        user_id: user.to_owned(),
        session_id: String::new(),
        new_device: false,
    };
    uow.record(aggregate, &event).await.unwrap();
    uow.commit().await.unwrap();
}

async fn count(db: &Database, table: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
        .fetch_one(db.worker())
        .await
        .unwrap()
}

/// A running sequencer and the feed over it.
struct Producer {
    feed: JournalClient<Transport>,
    _sequencer: AbortOnDropHandle<()>,
}

#[expect(clippy::disallowed_methods, reason = "the test's own workers")]
fn produce(db: &Database) -> Producer {
    let head = Head::new(0);
    let heard = head.subscribe();
    let sequencer = tokio::spawn(journal::sequence(
        db.clone(),
        head,
        CancellationToken::new(),
    ));
    let nothing_more = Arc::new(|_| Box::pin(async { Ok(Vec::new()) }) as _);
    let routes = tonic::service::Routes::new(JournalServer::new(Feed::new(
        db.clone(),
        heard,
        nothing_more,
    )));
    let transport = ServiceExt::<http::Request<Body>>::map_err(routes, |never| match never {});
    Producer {
        feed: JournalClient::new(BoxCloneSyncService::new(transport)),
        _sequencer: AbortOnDropHandle::new(sequencer),
    }
}

#[expect(clippy::disallowed_methods, reason = "the test's own workers")]
fn follow(db: &Database, apply: Arc<dyn Apply>, feed: &Producer) -> AbortOnDropHandle<()> {
    let subscription = Subscription {
        producer: "auth",
        apply,
    };
    AbortOnDropHandle::new(tokio::spawn(journal::follow(
        db.clone(),
        subscription,
        feed.feed.clone(),
        CancellationToken::new(),
    )))
}

/// Records one event of its own for each event, and refuses those of user "poison".
struct Echo;

#[tonic::async_trait]
impl Apply for Echo {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        let SignedIn {
            user_id,
            session_id,
            new_device,
        } = match contracts::auth::Event::decode(&event.ty, &event.data)? {
            contracts::auth::Event::SignedIn(signed_in) => signed_in,
            other => return Err(ApplyError::Contradiction(format!("{other:?}"))),
        };
        if user_id == "poison" {
            return Err(ApplyError::Contradiction("poison".to_owned()));
        }
        uow.record(
            event.subject,
            &SignedIn {
                user_id,
                session_id,
                new_device,
            },
        )
        .await?;
        Ok(())
    }
}

#[tokio::test]
async fn every_committed_event_gets_its_place_and_a_dropped_one_leaves_no_trace() {
    let test = TestDatabase::start("auth", &[]).await;
    let (tenant, aggregate) = (TenantId::new(), Uuid::from(EventId::new()));
    let _producer = produce(&test.db);
    for user in 0..50 {
        record(&test.db, tenant, aggregate, &user.to_string()).await;
    }
    let mut dropped = test.db.unit_of_work(context(tenant)).await.unwrap();
    dropped
        .record(aggregate, &SignedIn::default())
        .await
        .unwrap();
    drop(dropped);

    until("50 events in order", || async {
        count(&test.db, "journal_order").await == 50
    })
    .await;
    let (checks, _, events) = journal::verify_chain(&test.db).await.unwrap();
    assert_eq!(events, 50);
    for check in checks {
        assert_eq!(check.findings, Vec::<String>::new(), "{}", check.name);
    }
}

#[tokio::test]
async fn a_changed_a_removed_and_a_reordered_event_are_found() {
    let tampers = [
        (
            "a changed one",
            "UPDATE journal SET body = replace(body, '\"7\"', '\"8\"')",
        ),
        (
            "one that is filed under another name",
            "UPDATE journal SET actor = 'user:other' WHERE body LIKE '%\"7\"%'",
        ),
        (
            "one that is filed at another tenant's",
            "UPDATE journal_order SET tenant_id = gen_random_uuid() WHERE seq = 2",
        ),
        (
            "two of one aggregate in each other's place, and the chain made anew",
            "ALTER TABLE journal_order DROP CONSTRAINT journal_order_event_id_key;
             UPDATE journal_order a SET event_id = b.event_id FROM journal_order b
                 WHERE a.seq IN (1, 2) AND b.seq = 3 - a.seq;
             DO $$ DECLARE one record; last bytea := decode(repeat('00', 32), 'hex'); BEGIN
                 FOR one IN SELECT seq, body FROM journal_order JOIN journal USING (event_id)
                     ORDER BY seq LOOP
                     last := sha256(last || convert_to(one.body, 'UTF8'));
                     UPDATE journal_order SET hash = last WHERE seq = one.seq;
                 END LOOP; END $$",
        ),
        ("a removed one", "DELETE FROM journal_order WHERE seq = 5"),
        (
            "two in each other's place",
            "UPDATE journal_order SET seq = CASE seq WHEN 3 THEN 1000003 ELSE 1000004 END
                 WHERE seq IN (3, 4);
             UPDATE journal_order SET seq = CASE seq WHEN 1000003 THEN 4 ELSE 3 END
                 WHERE seq > 1000000",
        ),
    ];
    for (what, sql) in tampers {
        let test = TestDatabase::start("auth", &[]).await;
        let _producer = produce(&test.db);
        let (tenant, one) = (TenantId::new(), Uuid::from(EventId::new()));
        for user in 0..10 {
            let aggregate = if user < 2 {
                one
            } else {
                Uuid::from(EventId::new())
            };
            record(&test.db, tenant, aggregate, &user.to_string()).await;
        }
        until("10 events in order", || async {
            count(&test.db, "journal_order").await == 10
        })
        .await;
        let mut superuser = test.superuser_connection().await;
        superuser
            .execute("SET session_replication_role = replica")
            .await
            .unwrap();
        superuser.execute(AssertSqlSafe(sql)).await.unwrap();
        let (checks, ..) = journal::verify_chain(&test.db).await.unwrap();
        let found: usize = checks.iter().map(|check| check.findings.len()).sum();
        assert!(found > 0, "{what} was not found");
    }
}

#[tokio::test]
async fn the_application_can_neither_change_the_record_nor_see_another_tenants() {
    let test = TestDatabase::start("auth", &[]).await;
    let (mine, other) = (TenantId::new(), TenantId::new());
    record(&test.db, mine, Uuid::from(EventId::new()), "1").await;
    let mut uow = test.db.unit_of_work(context(mine)).await.unwrap();
    for sql in [
        "UPDATE journal SET body = ''",
        "DELETE FROM journal",
        "TRUNCATE journal CASCADE",
    ] {
        let refused = uow
            .conn()
            .execute(AssertSqlSafe(format!("SAVEPOINT s; {sql}")))
            .await;
        assert!(refused.is_err(), "{sql} was allowed");
        uow.conn().execute("ROLLBACK TO SAVEPOINT s").await.unwrap();
    }
    let mut superuser = test.superuser_connection().await;
    assert!(
        superuser.execute("DELETE FROM journal").await.is_err(),
        "append-only for everyone"
    );

    for (tenant, expected) in [(mine, 1_i64), (other, 0)] {
        let mut uow = test.db.unit_of_work(context(tenant)).await.unwrap();
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM journal")
            .fetch_one(uow.conn())
            .await
            .unwrap();
        assert_eq!(seen, expected);
    }
    let unset: i64 = sqlx::query_scalar("SELECT count(*) FROM journal")
        .fetch_one(test.db.app())
        .await
        .unwrap();
    assert_eq!(unset, 0, "no tenant set: no rows");
}

#[tokio::test]
async fn two_replicas_of_a_consumer_apply_each_event_exactly_once() {
    let auth = TestDatabase::start("auth", &[]).await;
    let users = TestDatabase::start("users", &[]).await;
    let producer = produce(&auth.db);
    let _replicas = [
        follow(&users.db, Arc::new(Echo), &producer),
        follow(&users.db, Arc::new(Echo), &producer),
    ];
    let tenants = [TenantId::new(), TenantId::new()];
    for number in 0..200_usize {
        let aggregate = Uuid::from(EventId::new());
        record(
            &auth.db,
            tenants[number % 2],
            aggregate,
            &number.to_string(),
        )
        .await;
    }
    let cursor = || async {
        let seq: Option<i64> = sqlx::query_scalar("SELECT max(seq) FROM consumer_cursor")
            .fetch_one(users.db.worker())
            .await
            .unwrap();
        seq == Some(200)
    };
    until("all 200 applied", cursor).await;
    assert_eq!(count(&users.db, "journal").await, 200);
}

#[tokio::test]
async fn a_poisoned_event_is_parked_with_the_later_ones_of_its_aggregate_and_the_rest_goes_on() {
    let auth = TestDatabase::start("auth", &[]).await;
    let users = TestDatabase::start("users", &[]).await;
    let producer = produce(&auth.db);
    let _consumer = follow(&users.db, Arc::new(Echo), &producer);
    let (tenant, sick, well) = (
        TenantId::new(),
        Uuid::from(EventId::new()),
        Uuid::from(EventId::new()),
    );
    for (aggregate, user) in [(well, "1"), (sick, "poison"), (sick, "2"), (well, "3")] {
        record(&auth.db, tenant, aggregate, user).await;
    }
    until("two parked", || async {
        count(&users.db, "parked").await == 2
    })
    .await;
    until("two applied", || async {
        count(&users.db, "journal").await == 2
    })
    .await;
    let (checks, ..) = journal::verify_chain(&users.db).await.unwrap();
    let parked = checks
        .iter()
        .find(|check| check.name == "no event is parked")
        .unwrap();
    assert_eq!(parked.findings.len(), 2);
}

/// A call that the door let in, of an administrator of this tenant.
fn signed<T>(message: T, tenant: TenantId) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.extensions_mut().insert(authz::Actor {
        subject: authz::Subject::User(ids::UserId::new()),
        ..authz::Actor::service("users", tenant, Uuid::nil())
    });
    request
}

/// What the echo refuses until it was mended.
struct Mended(std::sync::atomic::AtomicBool);

#[tonic::async_trait]
impl Apply for Mended {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        if self.0.load(std::sync::atomic::Ordering::Relaxed) {
            let event = &mut event.clone();
            event.data = serde_json::json!({ "userId": "well" });
            return Echo.apply(uow, event).await;
        }
        Echo.apply(uow, event).await
    }
}

#[tokio::test]
async fn parked_events_are_tried_again_in_their_order_when_an_administrator_says_so() {
    let auth = TestDatabase::start("auth", &[]).await;
    let users = TestDatabase::start("users", &[]).await;
    let (from_auth, mut of_users) = (produce(&auth.db), produce(&users.db));
    let mended = Arc::new(Mended(false.into()));
    let _consumer = follow(&users.db, Arc::clone(&mended) as _, &from_auth);
    let (tenant, sick) = (TenantId::new(), Uuid::from(EventId::new()));
    for user in ["poison", "2"] {
        record(&auth.db, tenant, sick, user).await;
    }
    let parked = async |expected: i64| {
        until("parked", || async {
            count(&users.db, "parked").await == expected
        })
        .await;
    };
    parked(2).await;
    let asked = contracts::journal::ReplayParkedRequest {
        producer: "auth".to_owned(),
        aggregate: sick.to_string(),
    };
    // Nothing of another tenant's is seen or touched.
    let elsewhere = signed(asked.clone(), TenantId::new());
    let refused = of_users.feed.replay_parked(elsewhere).await.unwrap_err();
    assert_eq!(
        link::Refusal::from_status(&refused).unwrap().code,
        "not_parked"
    );

    // As long as the cause stands, they stay, with the reason of the new try.
    let again = of_users
        .feed
        .replay_parked(signed(asked.clone(), tenant))
        .await
        .unwrap();
    assert_eq!(again.into_inner().events, 2);
    until("tried and left", || async {
        let waiting = "SELECT count(*) FROM parked WHERE retry_at IS NOT NULL";
        let waiting: i64 = sqlx::query_scalar(waiting)
            .fetch_one(users.db.worker())
            .await
            .unwrap();
        waiting == 0
    })
    .await;
    parked(2).await;

    mended.0.store(true, std::sync::atomic::Ordering::Relaxed);
    of_users
        .feed
        .replay_parked(signed(asked, tenant))
        .await
        .unwrap();
    parked(0).await;
    // Both took effect, and who asked is in the record.
    until("recorded", || async {
        count(&users.db, "journal_order").await == 4
    })
    .await;
    let line = contracts::journal::TimeLineRequest {
        id: sick.to_string(),
        first: 10,
        after_seq: 0,
    };
    let line = of_users
        .feed
        .time_line(signed(line, tenant))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(line.entries.len(), 4);
    let replayed = |entry: &&contracts::journal::Entry| entry.body.contains("ParkedReplayed");
    assert_eq!(line.entries.iter().filter(replayed).count(), 2);
}
