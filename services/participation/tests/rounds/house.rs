//! What the tests start from: an offering, people who may ask for a part of it, and two replicas.

use std::sync::Arc;

use authz::{Actor, Subject};
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use money::Money;
use participation::application::agreement::{Agreement, participation_agreement};
use participation::application::decide_participations::{Decision, Verdict, decide_participation};
use participation::application::ports::{Identity, Page, Tx};
use participation::application::react_to_accounting::{FundsWord, funds_moved};
use participation::application::react_to_projects::funding_opened;
use participation::application::react_to_users::investor_checked;
use participation::application::request_participation::{
    RequestParticipation, RequestParticipationError, request_participation,
};
use participation::application::{App, DecisionError};
use participation::domain::{
    Language, Offering, Participation, ParticipationState, ShareType, Signature, Terms,
};
use sqlx::AssertSqlSafe;
use testkit::TestDatabase;
use time::Duration;

/// One offering in one database; `app` and `other` are two replicas.
pub struct Round {
    pub app: App,
    pub other: App,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub owner: UserId,
    pub database: Arc<TestDatabase>,
}

pub fn usd(minor: i64) -> Money {
    Money::try_new(minor, "USD".parse().unwrap()).unwrap()
}

fn app(db: pg::Database) -> App {
    let store = Arc::new(db);
    App {
        store: store.clone(),
        reads: store,
    }
}

impl Round {
    /// An offering of 1 000 in tickets of 100 and more.
    pub async fn open() -> Self {
        let migrations = &[&participation::MIGRATOR];
        let database = TestDatabase::start("participation", migrations).await;
        let round = Self {
            app: app(database.db.clone()),
            other: app(database.replica().await),
            tenant: TenantId::new(),
            project: ProjectId::new(),
            owner: UserId::new(),
            database: Arc::new(database),
        };
        round.offer(|_terms| {}).await;
        round
    }

    /// Another round beside it, in the same database and of the same operator.
    pub async fn beside(&self, change: impl FnOnce(&mut Terms)) -> Self {
        let round = Self {
            app: self.app.clone(),
            other: self.other.clone(),
            tenant: self.tenant,
            project: ProjectId::new(),
            owner: UserId::new(),
            database: Arc::clone(&self.database),
        };
        round.offer(change).await;
        round
    }

    async fn offer(&self, change: impl FnOnce(&mut Terms)) {
        let mut tx = self.begin().await;
        let mut terms = Terms {
            min_ticket_minor: 100,
            max_ticket_minor: None,
            products_ticket_min_minor: None,
            decision_hours: 72,
            cooling_off_hours: 96,
            deadline: tx.now() + Duration::days(30),
            first_loss_minor: 0,
            conditions: None,
        };
        change(&mut terms);
        funding_opened(&mut *tx, self.project, self.owner, usd(1_000), terms)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub fn system(&self) -> Actor {
        Actor::service("test", self.tenant, self.project.as_uuid())
    }

    pub async fn begin(&self) -> Box<dyn Tx> {
        self.app.store.begin(&self.system()).await.unwrap()
    }

    pub fn person(&self, user: UserId) -> Actor {
        Actor {
            subject: Subject::User(user),
            ..self.system()
        }
    }

    pub fn owner(&self) -> Actor {
        self.person(self.owner)
    }

    /// A person of verified identity.
    pub async fn investor(&self) -> Actor {
        let id = UserId::new();
        self.identity(id, true).await;
        self.person(id)
    }

    pub async fn identity(&self, investor: UserId, verified: bool) {
        let mut tx = self.begin().await;
        let identity = Identity {
            investor,
            verified,
            valid_until: None,
        };
        investor_checked(&mut *tx, identity).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What this person would sign, in English.
    pub async fn agreement(&self, investor: &Actor, minor: i64) -> Agreement {
        let asked = (usd(minor), ShareType::ProfitOnly);
        participation_agreement(&self.app, investor, self.project, asked, Language::En)
            .await
            .unwrap()
    }

    /// A request with the agreement that belongs to it.
    pub async fn signed(&self, investor: &Actor, minor: i64) -> RequestParticipation {
        let agreement = self.agreement(investor, minor).await;
        RequestParticipation {
            project: self.project,
            amount: usd(minor),
            share_type: ShareType::ProfitOnly,
            allow_partial: false,
            join_waiting_list: false,
            signature: Signature {
                version: agreement.version,
                sha256: agreement.sha256,
            },
        }
    }

    pub async fn ask(
        &self,
        investor: &Actor,
        key: &str,
        minor: i64,
    ) -> Result<Participation, RequestParticipationError> {
        let cmd = self.signed(investor, minor).await;
        request_participation(&self.app, investor, key.to_owned(), cmd).await
    }

    /// A request of a new investor.
    pub async fn requested(&self, minor: i64) -> Participation {
        let investor = self.investor().await;
        self.ask(&investor, "one", minor).await.unwrap()
    }

    /// The same, held.
    pub async fn held(&self, minor: i64) -> Participation {
        let one = self.requested(minor).await;
        self.funds(one.id, FundsWord::Held).await;
        one
    }

    /// The same, approved.
    pub async fn approved(&self, minor: i64) -> Participation {
        let one = self.held(minor).await;
        self.decide(one.id, Verdict::Approve).await.unwrap()
    }

    /// A new investor on the waiting list.
    pub async fn waits(&self, minor: i64, allow_partial: bool) -> Participation {
        let investor = self.investor().await;
        let cmd = RequestParticipation {
            allow_partial,
            join_waiting_list: true,
            ..self.signed(&investor, minor).await
        };
        request_participation(&self.app, &investor, "wait".to_owned(), cmd)
            .await
            .unwrap()
    }

    pub async fn decide(
        &self,
        id: ParticipationId,
        verdict: Verdict,
    ) -> Result<Participation, DecisionError> {
        let key = format!("{id}-{verdict:?}");
        let decision = Decision { id, verdict };
        decide_participation(&self.app, &self.owner(), key, decision).await
    }

    pub async fn funds(&self, id: ParticipationId, word: FundsWord) {
        let mut tx = self.begin().await;
        funds_moved(&mut *tx, id, word).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn wait(&self, hours: i64) {
        let mut tx = self.begin().await;
        let real = clock::real_now();
        let ahead = (tx.now() - real).whole_seconds() + 1;
        tx.advance_business_time(ahead.max(0) + hours * 3_600)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn offering(&self) -> Offering {
        let view = self.app.reads.offering(&self.system(), self.project).await;
        view.unwrap().unwrap().offering
    }

    /// Goal, reserved, approved.
    pub async fn sums(&self) -> (i64, i64, i64) {
        let offering = self.offering().await;
        let state = offering.state();
        (state.goal_minor, state.reserved_minor, state.approved_minor)
    }

    pub async fn all(&self) -> Vec<Participation> {
        let page = Page {
            first: 200,
            ..Page::default()
        };
        let (reads, system) = (&self.app.reads, self.system());
        let all = reads.participations_of_project(&system, self.project, &page);
        let all = all.await.unwrap().into_iter();
        all.map(|seen| seen.participation).collect()
    }

    pub async fn one(&self, id: ParticipationId) -> Participation {
        let seen = self.app.reads.participation(&self.system(), id).await;
        seen.unwrap().unwrap().participation
    }

    pub async fn state(&self, id: ParticipationId) -> ParticipationState {
        self.one(id).await.state
    }

    /// Writes past the service, as only a superuser can.
    pub async fn tamper(&self, sql: &str) {
        let mut superuser = self.database.superuser_connection().await;
        let sql = format!("SET session_replication_role = replica; {sql}");
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut superuser)
            .await
            .unwrap();
    }

    /// What the service's own checks find.
    pub async fn findings(&self) -> Vec<String> {
        let checks = participation::verify(self.database.db.clone()).await;
        let checks = checks.unwrap().into_iter();
        checks.flat_map(|check| check.findings).collect()
    }

    /// The types of all recorded events, in the order of writing.
    pub async fn recorded(&self) -> Vec<String> {
        let mut superuser = self.database.superuser_connection().await;
        let rows = sqlx::query_scalar::<_, String>("SELECT type FROM journal ORDER BY event_id")
            .fetch_all(&mut superuser)
            .await
            .unwrap();
        let name = |ty: String| ty.rsplit('.').next().unwrap().to_owned();
        rows.into_iter().map(name).collect()
    }
}

/// The code of what a rule refused.
pub fn refused(answer: Result<Participation, RequestParticipationError>) -> &'static str {
    match answer {
        Err(RequestParticipationError::Refused(refusal)) => refusal.code(),
        other => panic!("a refusal expected, got {other:?}"),
    }
}

/// The same of a decision.
pub fn denied(answer: Result<Participation, DecisionError>) -> &'static str {
    match answer {
        Err(DecisionError::Refused(refusal)) => refusal.code(),
        other => panic!("a refusal expected, got {other:?}"),
    }
}
