//! Accounting behind its door, with people and the feeds of the other services.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use authz::Role;
use contracts::EventMessage;
use contracts::accounting as pb;
use contracts::accounting::accounting_client::AccountingClient;
use contracts::auth::UserRegistered;
use contracts::money::Money as PbMoney;
use ids::{ProjectId, TenantId, UserId};
use journal::{ApplyError, Subscription};
use link::{Gate, Link, Refusal};
use money::{Currency, Money};
use testkit::{Person, TestDatabase, TokenMaker, envelope};
use tonic::{Request, Response, Status};

pub struct House {
    /// Of two replicas.
    gates: [Gate; 2],
    turn: AtomicUsize,
    follows: Vec<Subscription>,
    maker: TokenMaker,
    pub tenant: TenantId,
    test: TestDatabase,
}

/// Calls an rpc as a person: the answer, or the refusal.
macro_rules! ask {
    ($house:expr, $person:expr, $rpc:ident, $message:expr) => {{
        let mut client = $house.client();
        let request = $house.request($person, $message);
        $crate::house::answer(client.$rpc(request).await)
    }};
}
pub(crate) use ask;

pub fn answer<T>(answer: Result<Response<T>, Status>) -> Result<T, Refusal> {
    answer.map(Response::into_inner).map_err(|status| {
        Refusal::from_status(&status).unwrap_or_else(|| panic!("a fault: {status:?}"))
    })
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> String {
    answer.unwrap_err().code
}

#[expect(clippy::unnecessary_wraps, reason = "a message's field is an option")]
pub fn usd(minor: i64) -> Option<PbMoney> {
    Some(PbMoney {
        currency: "USD".to_owned(),
        minor,
    })
}

/// An amount of the story's files.
pub fn cents(text: &str) -> i64 {
    Money::parse(text, Currency::USD).unwrap().minor()
}

impl House {
    pub async fn open() -> Self {
        let test = TestDatabase::start("accounting", &[&accounting::MIGRATOR]).await;
        let maker = TokenMaker::new();
        let verifier = Arc::new(maker.verifier());
        let service = accounting::start(test.db.clone(), Arc::clone(&verifier));
        let other = accounting::start(test.replica().await, verifier);
        Self {
            gates: [service.gate, other.gate],
            turn: AtomicUsize::new(0),
            follows: service.subscriptions,
            maker,
            tenant: TenantId::new(),
            test,
        }
    }

    pub fn person(&self, role: Role) -> Person {
        Person {
            tenant: self.tenant,
            id: UserId::new(),
            roles: vec![role],
        }
    }

    /// Each call goes to the other replica than the one before.
    pub fn client(&self) -> AccountingClient<Link> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        AccountingClient::new(self.gates[turn % 2].near("gateway"))
    }

    pub fn request<T>(&self, person: &Person, message: T) -> Request<T> {
        let token = self.maker.token(&TokenMaker::claims(person));
        let mut request = Request::new(message);
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// Another service recorded this; Accounting follows its feed.
    pub async fn told<E: EventMessage>(&self, event: &E) -> Result<(), ApplyError> {
        let producer = E::TYPE.split('.').nth(1).unwrap();
        let mut followed = self.follows.iter();
        let followed = followed.find(|one| one.producer == producer).unwrap();
        let event = envelope(self.tenant, event);
        self.test.hear(&*followed.apply, &event).await
    }

    /// Auth tells that somebody opened an account.
    pub async fn registered(&self, user: UserId) {
        let event = UserRegistered {
            user_id: user.to_string(),
            ..UserRegistered::default()
        };
        self.told(&event).await.unwrap();
    }

    pub async fn deposit(&self, by: &Person, to: UserId, minor: i64, bank_reference: &str) {
        self.registered(to).await;
        let message = pb::BookDepositRequest {
            idempotency_key: bank_reference.to_owned(),
            user_id: to.to_string(),
            amount: usd(minor),
            bank_reference: bank_reference.to_owned(),
        };
        ask!(self, by, book_deposit, message).unwrap();
    }

    pub async fn escrow(&self, by: &Person, project: ProjectId) -> pb::EscrowProof {
        let project_id = project.to_string();
        let reply = ask!(self, by, escrow, pb::EscrowRequest { project_id }).unwrap();
        let escrow = reply.escrow.unwrap();
        assert!(escrow.holds, "{escrow:?}");
        escrow
    }

    /// Every check of the service's own finds nothing.
    pub async fn assert_sound(&self) {
        let checks = accounting::verify(self.test.db.clone()).await.unwrap();
        let findings: Vec<String> = checks.into_iter().flat_map(|one| one.findings).collect();
        assert!(findings.is_empty(), "{findings:#?}");
    }

    /// Writes past the service, as only a superuser can.
    pub async fn past_the_service(&self, sql: &str) {
        let mut superuser = self.test.superuser_connection().await;
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut superuser).await.unwrap();
    }

    /// How often each event was recorded, by its short name.
    pub async fn recorded(&self, name: &str) -> usize {
        let ty = format!("fondeo.accounting.v1.{name}");
        let mut superuser = self.test.superuser_connection().await;
        let rows = sqlx::query_scalar::<_, String>("SELECT body FROM journal WHERE type = $1")
            .bind(ty)
            .fetch_all(&mut superuser)
            .await
            .unwrap();
        rows.len()
    }

    /// The labels of the transfers that touch a user's wallet, in their order.
    pub async fn purposes(&self, user: UserId) -> Vec<String> {
        let mut superuser = self.test.superuser_connection().await;
        sqlx::query_scalar::<_, String>(
            "SELECT purpose FROM transfers t JOIN accounts a ON a.tenant_id = t.tenant_id
                 AND a.account_id IN (t.debit_account, t.credit_account)
             WHERE a.owner_id = $1 ORDER BY t.seq",
        )
        .bind(user.as_uuid())
        .fetch_all(&mut superuser)
        .await
        .unwrap()
    }
}

pub fn minor(amount: Option<&PbMoney>) -> i64 {
    amount.unwrap().minor
}
