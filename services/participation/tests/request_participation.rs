//! Requests against a real database: the same key, another body, and many at once for the last
//! places.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;

use authz::{Actor, Subject};
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use money::Money;
use participation::application::App;
use participation::application::approve_participation::approve_participation;
use participation::application::ports::{Investor, Page};
use participation::application::react_to_accounting::{FundsWord, funds_moved};
use participation::application::react_to_projects::{funding_opened, project_approved};
use participation::application::react_to_users::investor_checked;
use participation::application::request_participation::{
    RequestParticipation, RequestParticipationError, request_participation,
};
use participation::application::sweep::{expire_due, seal_due};
use participation::application::withdraw_participation::withdraw_participation;
use participation::domain::{Participation, ParticipationState, ShareType, Terms};
use testkit::TestDatabase;
use time::Duration;
use tokio::task::JoinSet;
use uow::StoreError;

struct Round {
    app: App,
    tenant: TenantId,
    project: ProjectId,
    owner: UserId,
    database: TestDatabase,
}

fn usd(minor: i64) -> Money {
    Money::try_new(minor, "USD".parse().unwrap()).unwrap()
}

impl Round {
    /// An offering of 1 000 in tickets of 100 and more.
    async fn open() -> Self {
        let database = TestDatabase::start("participation", &[&participation::MIGRATOR]).await;
        let store = Arc::new(database.db.clone());
        let app = App {
            store: store.clone(),
            reads: store,
        };
        let (tenant, project, owner) = (TenantId::new(), ProjectId::new(), UserId::new());
        let round = Self {
            app,
            tenant,
            project,
            owner,
            database,
        };
        let mut tx = round.app.store.begin(&round.system()).await.unwrap();
        let terms = Terms {
            min_ticket_minor: 100,
            max_ticket_minor: None,
            products_ticket_min_minor: None,
            decision_hours: 72,
            cooling_off_hours: 96,
            deadline: tx.now() + Duration::days(30),
        };
        funding_opened(&mut *tx, project, owner, usd(1_000), terms)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        round
    }

    fn system(&self) -> Actor {
        Actor::service("test", self.tenant, self.project.as_uuid())
    }

    fn person(&self, user: UserId) -> Actor {
        Actor {
            subject: Subject::User(user),
            ..self.system()
        }
    }

    async fn investor(&self) -> Actor {
        let id = UserId::new();
        let mut tx = self.app.store.begin(&self.system()).await.unwrap();
        let investor = Investor {
            id,
            verified: true,
            valid_until: None,
        };
        investor_checked(&mut *tx, investor).await.unwrap();
        tx.commit().await.unwrap();
        self.person(id)
    }

    async fn ask(
        &self,
        investor: &Actor,
        key: &str,
        minor: i64,
    ) -> Result<Participation, RequestParticipationError> {
        let cmd = RequestParticipation {
            project: self.project,
            amount: usd(minor),
            share_type: ShareType::ProfitOnly,
            allow_partial: false,
        };
        request_participation(&self.app, investor, key.to_owned(), cmd).await
    }

    async fn funds(&self, id: ParticipationId, word: FundsWord) {
        let mut tx = self.app.store.begin(&self.system()).await.unwrap();
        funds_moved(&mut *tx, id, word).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn wait(&self, hours: i64) {
        let mut tx = self.app.store.begin(&self.system()).await.unwrap();
        tx.advance_business_time(hours * 3_600).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Goal, reserved, approved.
    async fn sums(&self) -> (i64, i64, i64) {
        let view = self
            .app
            .reads
            .offering(&self.system(), self.project)
            .await
            .unwrap()
            .unwrap();
        let state = view.offering.state();
        (state.goal_minor, state.reserved_minor, state.approved_minor)
    }

    async fn all(&self) -> Vec<Participation> {
        let page = Page {
            first: 200,
            after: None,
        };
        let reads = &self.app.reads;
        reads
            .participations_of_project(&self.system(), self.project, page)
            .await
            .unwrap()
    }

    /// The types of all recorded events, in the order of writing.
    /// Each change leaves the sums alone; only the record knows better.
    async fn written_past_the_service_is_found(&self) {
        let mut superuser = self.database.superuser_connection().await;
        for (plant, undo) in [
            (
                "UPDATE participations SET investor_id = project_id, project_id = investor_id;
                 UPDATE offerings SET project_id = (SELECT project_id FROM participations)",
                "UPDATE participations SET investor_id = project_id, project_id = investor_id;
                 UPDATE offerings SET project_id = (SELECT project_id FROM participations)",
            ),
            (
                "UPDATE participations SET state = 'SETTLED'",
                "UPDATE participations SET state = 'ACTIVE'",
            ),
        ] {
            assert_eq!(self.findings().await, [""; 0]);
            let planted = format!("SET session_replication_role = replica; {plant}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(planted))
                .execute(&mut superuser)
                .await
                .unwrap();
            assert_eq!(self.findings().await.len(), 1, "{plant}");
            sqlx::raw_sql(undo).execute(&mut superuser).await.unwrap();
        }
    }

    async fn findings(&self) -> Vec<String> {
        let checks = participation::verify(self.database.db.clone()).await;
        let checks = checks.unwrap().into_iter();
        checks.flat_map(|check| check.findings).collect()
    }

    async fn recorded(&self) -> Vec<String> {
        let mut superuser = self.database.superuser_connection().await;
        let rows = sqlx::query_scalar::<_, String>("SELECT type FROM journal ORDER BY event_id")
            .fetch_all(&mut superuser)
            .await
            .unwrap();
        let name = |ty: String| ty.rsplit('.').next().unwrap().to_owned();
        rows.into_iter().map(name).collect()
    }
}

#[tokio::test]
async fn the_same_key_gets_the_same_participation_and_another_body_is_refused() {
    let round = Round::open().await;
    let investor = round.investor().await;
    let first = round.ask(&investor, "one", 400).await.unwrap();
    assert_eq!(
        round.all().await,
        std::slice::from_ref(&first),
        "what was stored is what was answered"
    );
    assert_eq!(round.ask(&investor, "one", 400).await.unwrap(), first);
    assert!(matches!(
        round.ask(&investor, "one", 500).await,
        Err(RequestParticipationError::Store(StoreError::KeyReused))
    ));
    assert_eq!(round.sums().await, (1_000, 400, 0));
    assert_eq!(
        round.recorded().await,
        ["OfferingOpened", "ParticipationRequested"]
    );
}

#[tokio::test]
async fn a_refused_request_leaves_no_trace() {
    let round = Round::open().await;
    let stranger = round.person(UserId::new());
    let investor = round.investor().await;
    for (who, minor, code) in [
        (&stranger, 400, "kyc_not_verified"),
        (&investor, 1_001, "not_enough_room"),
        (&investor, 99, "below_min_ticket"),
    ] {
        match round.ask(who, "one", minor).await {
            Err(RequestParticipationError::Refused(refusal)) => assert_eq!(refusal.code(), code),
            other => panic!("{code} expected, got {other:?}"),
        }
    }
    assert_eq!(round.sums().await, (1_000, 0, 0));
    assert_eq!(round.recorded().await, ["OfferingOpened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_for_ten_places_sell_exactly_ten() {
    let round = Arc::new(Round::open().await);
    let mut clients = JoinSet::new();
    for _ in 0..64 {
        let investor = round.investor().await;
        let round = Arc::clone(&round);
        // Each asks twice with one key, as a client that lost the answer does.
        clients.spawn(async move {
            let answers = [
                round.ask(&investor, "key", 100).await,
                round.ask(&investor, "key", 100).await,
            ];
            answers
                .into_iter()
                .filter_map(Result::ok)
                .map(|one| one.id)
                .collect::<Vec<_>>()
        });
    }
    let mut sold = clients.join_all().await.concat();
    sold.sort();
    sold.dedup();
    assert_eq!(sold.len(), 10);
    assert_eq!(round.sums().await, (1_000, 1_000, 0));
    assert_eq!(round.all().await.len(), 10);
}

#[tokio::test]
async fn from_the_request_to_the_active_participation() {
    let round = Round::open().await;
    let (investor, owner) = (round.investor().await, round.person(round.owner));
    let one = round.ask(&investor, "one", 1_000).await.unwrap();
    round.funds(one.id, FundsWord::Held).await;
    approve_participation(&round.app, &owner, "yes".to_owned(), one.id)
        .await
        .unwrap();
    round.funds(one.id, FundsWord::Captured).await;
    assert_eq!(seal_due(&round.app).await.unwrap(), 0, "it still cools off");
    round.wait(97).await;
    assert_eq!(seal_due(&round.app).await.unwrap(), 1);
    assert!(
        withdraw_participation(&round.app, &investor, "no".to_owned(), one.id)
            .await
            .is_err()
    );
    let mut tx = round.app.store.begin(&round.system()).await.unwrap();
    project_approved(&mut *tx, round.project).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(round.all().await[0].state, ParticipationState::Active);
    round.written_past_the_service_is_found().await;
    let view = round
        .app
        .reads
        .offering(&round.system(), round.project)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (view.participants, view.seal_hash.map(|hash| hash.len())),
        (1, Some(64))
    );
    let events = [
        "OfferingOpened",
        "ParticipationRequested",
        "ParticipationHeld",
        "ParticipationApproved",
        "OfferingFilled",
        "OfferingSealed",
        "ParticipationActivated",
    ];
    assert_eq!(round.recorded().await, events);
}

#[tokio::test]
async fn an_undecided_request_expires_and_gives_its_room_back() {
    let round = Round::open().await;
    let investor = round.investor().await;
    let one = round.ask(&investor, "one", 400).await.unwrap();
    round.funds(one.id, FundsWord::Held).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 0);
    round.wait(73).await;
    assert_eq!(expire_due(&round.app).await.unwrap(), 1);
    assert_eq!(expire_due(&round.app).await.unwrap(), 0);
    assert_eq!(round.sums().await, (1_000, 0, 0));
}
