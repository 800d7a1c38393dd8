//! Deposits and holds against a real database: once, repeated, refused, and many at once for the
//! last of the money.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;

use accounting::application::DepositError;
use accounting::application::book_deposit::{BookDeposit, book_deposit};
use accounting::application::fund_participation::{
    capture_funds, give_back, hold_funds, refund_funds,
};
use accounting::application::ports::{Participating, Store};
use accounting::domain::{AccountKey, Books};
use authz::{Actor, Role, Subject};
use ids::{ParticipationId, ProjectId, TenantId, TransferId, UserId};
use money::{Currency, Money};
use testkit::TestDatabase;
use tokio::task::JoinSet;
use uuid::Uuid;

struct House {
    store: Arc<dyn Store>,
    tenant: TenantId,
    project: ProjectId,
    ana: UserId,
    treasurer: UserId,
    _database: TestDatabase,
}

fn usd(minor: i64) -> Money {
    Money::try_new(minor, Currency::USD).unwrap()
}

impl House {
    /// A project whose funding is open.
    async fn open() -> Self {
        let database = TestDatabase::start("accounting", &[&accounting::MIGRATOR]).await;
        let house = Self {
            store: Arc::new(database.db.clone()),
            tenant: TenantId::new(),
            project: ProjectId::new(),
            ana: UserId::new(),
            treasurer: UserId::new(),
            _database: database,
        };
        let mut tx = house.store.begin(&house.system()).await.unwrap();
        let books = Books::new(house.project, UserId::new(), Currency::USD);
        tx.save_books(&books).await.unwrap();
        tx.keep_known(house.ana).await.unwrap();
        tx.commit().await.unwrap();
        house
    }

    fn system(&self) -> Actor {
        Actor::service("accounting", self.tenant, Uuid::nil())
    }

    async fn deposit(
        &self,
        role: Role,
        key: &str,
        minor: i64,
        reference: &str,
    ) -> Result<TransferId, DepositError> {
        let mut actor = self.system();
        actor.subject = Subject::User(self.treasurer);
        actor.roles = vec![role];
        let cmd = BookDeposit {
            user: Some(self.ana),
            amount: usd(minor),
            bank_reference: reference.to_owned(),
            note: String::new(),
        };
        book_deposit(&*self.store, &actor, key.to_owned(), cmd).await
    }

    fn anas(&self) -> Participating {
        Participating {
            participation: ParticipationId::new(),
            project: self.project,
            investor: self.ana,
        }
    }

    /// Balance and available of Ana's wallet, balance of `escrow:capital`.
    async fn stands(&self) -> (i64, i128, i64) {
        let mut tx = self.store.begin(&self.system()).await.unwrap();
        let keys = [
            AccountKey::Wallet(self.ana),
            AccountKey::EscrowCapital(self.project),
        ];
        let book = tx.book_for_update(&keys, Currency::USD, &[]).await.unwrap();
        let [wallet, escrow] = keys.map(|key| {
            let id = book.chart.id(key).unwrap();
            *book.ledger.account(id).unwrap()
        });
        (
            wallet.balance_minor(),
            wallet.available_minor(),
            escrow.balance_minor(),
        )
    }
}

macro_rules! step {
    ($house:expr, $rule:ident, $of:expr $(, $minor:expr)?) => {{
        let mut tx = $house.store.begin(&$house.system()).await.unwrap();
        let answer = $rule(&mut *tx, $of $(, usd($minor))?).await;
        if answer.is_ok() {
            tx.commit().await.unwrap();
        }
        answer
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_booked_once() {
    let house = House::open().await;
    let treasurer = Role::Treasurer;
    let refused = house.deposit(Role::Investor, "k1", 100, "BANK-1").await;
    assert!(matches!(refused, Err(DepositError::Forbidden)));
    let first = house.deposit(treasurer, "k1", 100, "BANK-1").await.unwrap();
    assert_eq!(
        house.deposit(treasurer, "k1", 100, "BANK-1").await.unwrap(),
        first
    );
    for spelling in ["BANK-1", " bank-1\u{a0}", "Bank-1"] {
        let again = house.deposit(treasurer, "k2", 100, spelling).await;
        assert!(matches!(again, Err(DepositError::ReferenceUsed)));
    }
    let other = house.deposit(treasurer, "k1", 101, "BANK-2").await;
    assert!(matches!(
        other,
        Err(DepositError::Store(uow::StoreError::KeyReused))
    ));
    assert_eq!(house.stands().await, (100, 100, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_held_captured_and_given_back() {
    let house = House::open().await;
    house
        .deposit(Role::Treasurer, "k", 100, "BANK")
        .await
        .unwrap();
    let (first, second) = (house.anas(), house.anas());
    step!(house, hold_funds, first, 60).unwrap();
    assert_eq!(house.stands().await, (100, 40, 0));
    step!(house, hold_funds, second, 41).unwrap();
    assert_eq!(
        house.stands().await,
        (100, 40, 0),
        "a refusal holds nothing"
    );
    step!(house, capture_funds, first, 60).unwrap();
    assert_eq!(house.stands().await, (40, 40, 60));
    assert!(step!(house, capture_funds, first, 60).is_err());
    step!(house, give_back, first).unwrap();
    assert_eq!(house.stands().await, (100, 100, 0));

    // Another one is in escrow: what went back once does not go back out of it again.
    let other = house.anas();
    step!(house, hold_funds, other, 70).unwrap();
    step!(house, capture_funds, other, 70).unwrap();
    for _ in 0..2 {
        step!(house, give_back, first).unwrap();
        step!(house, refund_funds, first).unwrap();
    }
    assert_eq!(house.stands().await, (30, 30, 70));
    assert!(step!(house, capture_funds, first, 60).is_err());
    step!(house, refund_funds, other).unwrap();
    assert_eq!(house.stands().await, (100, 100, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_comes_before_its_hold_wins() {
    let house = House::open().await;
    house
        .deposit(Role::Treasurer, "k", 100, "BANK")
        .await
        .unwrap();
    let (early, late) = (house.anas(), house.anas());
    step!(house, give_back, early).unwrap();
    step!(house, hold_funds, early, 60).unwrap();
    assert_eq!(house.stands().await, (100, 100, 0));
    step!(house, hold_funds, late, 60).unwrap();
    step!(house, give_back, late).unwrap();
    assert_eq!(house.stands().await, (100, 100, 0));
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "two at once")]
async fn of_a_capture_and_a_refund_at_once_the_money_comes_back_and_once() {
    let house = Arc::new(House::open().await);
    house
        .deposit(Role::Treasurer, "k", 100, "BANK")
        .await
        .unwrap();
    for _ in 0..20 {
        let of = house.anas();
        step!(house, hold_funds, of, 60).unwrap();
        let (one, other) = (Arc::clone(&house), Arc::clone(&house));
        let (captured, refunded, again) = tokio::join!(
            tokio::spawn(async move { step!(one, capture_funds, of, 60).is_ok() }),
            tokio::spawn(async move { step!(other, give_back, of).is_ok() }),
            async { step!(house, give_back, of).is_ok() },
        );
        // The capture won, or found its hold released.
        if captured.unwrap() {
            step!(house, give_back, of).unwrap();
        }
        assert!(refunded.unwrap() || again);
        assert_eq!(house.stands().await, (100, 100, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_holds_at_once_only_those_that_are_covered_are_placed() {
    let house = Arc::new(House::open().await);
    house
        .deposit(Role::Treasurer, "k", 100, "BANK")
        .await
        .unwrap();
    let mut asked = Vec::new();
    for _ in 0..40 {
        // Each in a project of its own: only the wallet is between them.
        let of = Participating {
            project: ProjectId::new(),
            ..house.anas()
        };
        let mut tx = house.store.begin(&house.system()).await.unwrap();
        let books = Books::new(of.project, UserId::new(), Currency::USD);
        tx.save_books(&books).await.unwrap();
        tx.commit().await.unwrap();
        asked.push(of);
    }
    let mut all = JoinSet::new();
    for of in asked.clone() {
        let house = Arc::clone(&house);
        all.spawn(async move { step!(house, hold_funds, of, 40).unwrap() });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    // Counted by the holds themselves: a sum that was overwritten would still look right.
    let holds: Vec<TransferId> = asked
        .iter()
        .map(|of| of.participation.as_uuid().into())
        .collect();
    let mut tx = house.store.begin(&house.system()).await.unwrap();
    let book = tx
        .book_for_update(&[], Currency::USD, &holds)
        .await
        .unwrap();
    let placed = holds
        .iter()
        .filter(|id| book.ledger.transfer(**id).is_some());
    assert_eq!(placed.count(), 2);
    drop(tx);
    assert_eq!(house.stands().await, (100, 20, 0));
}
