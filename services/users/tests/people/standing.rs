//! What investors may put up, and what people have agreed to.

use authz::Role;
use contracts::auth::UserRegistered;
use contracts::money::Money;
use contracts::users as pb;
use contracts::users::users_client::UsersClient;
use ids::UserId;
use link::{Link, Refusal};
use testkit::Person;
use tonic::{Response, Status};
use users::application::issue_texts::issue_texts;
use users::interfaces::OfAuth;

use crate::house::House;

fn told<T>(answer: Result<Response<T>, Status>) -> Result<T, String> {
    let answer = answer.map(Response::into_inner);
    answer.map_err(|status| Refusal::from_status(&status).unwrap().code)
}

impl House {
    fn client(&self) -> UsersClient<Link> {
        self.users.clone()
    }

    async fn registered(&self, role: Role) -> Person {
        let person = self.person(&[role]);
        let registered = UserRegistered {
            user_id: person.id.to_string(),
            roles: vec![role.to_string()],
            language: "es".to_owned(),
        };
        self.hear(&OfAuth, &registered).await;
        person
    }

    async fn ask(&self, by: &Person, key: &str) -> Result<pb::InvestorView, String> {
        let message = pb::RequestCategoryRequest {
            idempotency_key: key.to_owned(),
            category: "SOPHISTICATED".to_owned(),
            reason: "Ten years in trade finance".to_owned(),
        };
        let answer = self.client().request_category(self.by(by, message)).await;
        told(answer).map(|reply| reply.investor.unwrap())
    }

    async fn decide(&self, by: &Person, user: UserId, yes: bool) -> Result<String, String> {
        let message = pb::DecideCategoryRequest {
            idempotency_key: format!("{user} {yes}"),
            user_id: user.to_string(),
            accept: yes,
            reason: if yes { "" } else { "No proof" }.to_owned(),
        };
        let answer = self.client().decide_category(self.by(by, message)).await;
        told(answer).map(|reply| reply.investor.unwrap().category)
    }

    async fn limit(
        &self,
        by: &Person,
        (key, user): (&str, UserId),
        per_project: Option<i64>,
    ) -> Result<pb::InvestorView, String> {
        let usd = |minor| Money {
            currency: "USD".to_owned(),
            minor,
        };
        let message = pb::SetInvestorLimitsRequest {
            idempotency_key: key.to_owned(),
            user_id: user.to_string(),
            category: "RETAIL".to_owned(),
            per_project: per_project.map(usd),
            per_12_months: None,
        };
        let answer = self
            .client()
            .set_investor_limits(self.by(by, message))
            .await;
        told(answer).map(|reply| reply.investor.unwrap())
    }

    async fn consents(&self, by: &Person, language: &str) -> Vec<pb::ConsentView> {
        let message = pb::ConsentsRequest {
            language: language.to_owned(),
        };
        let answer = self.client().consents(self.by(by, message)).await;
        answer.unwrap().into_inner().consents
    }

    async fn agree(
        &self,
        by: &Person,
        key: &str,
        (consent, version, hash): (&str, i32, &str),
    ) -> Result<pb::ConsentView, String> {
        let message = pb::GiveConsentRequest {
            idempotency_key: key.to_owned(),
            consent: consent.to_owned(),
            version,
            text_hash: hash.to_owned(),
        };
        let answer = self.client().give_consent(self.by(by, message)).await;
        told(answer).map(|reply| reply.consent.unwrap())
    }

    async fn queue_of_categories(&self, admin: &Person) -> Vec<String> {
        let request = self.by(admin, pb::CategoryQueueRequest {});
        let reply = self.client().category_queue(request).await.unwrap();
        let waiting = reply.into_inner().investors;
        waiting.into_iter().map(|one| one.user_id).collect()
    }
}

#[tokio::test]
async fn a_category_is_asked_for_and_decided_by_somebody_else() {
    let house = House::open().await;
    let admin = house.registered(Role::Admin).await;
    let lucia = house.registered(Role::Investor).await;
    for _repeated in 0..2 {
        let asked = house.ask(&lucia, "please").await.unwrap();
        assert_eq!(asked.category, "RETAIL");
        assert_eq!(asked.request_reason, "Ten years in trade finance");
    }
    let again = house.ask(&lucia, "again").await;
    assert_eq!(again.unwrap_err(), "category_already_requested");
    assert_eq!(
        house.queue_of_categories(&admin).await,
        [lucia.id.to_string()]
    );
    assert_eq!(
        house.decide(&lucia, lucia.id, true).await.unwrap_err(),
        "forbidden"
    );
    for _repeated in 0..2 {
        assert_eq!(
            house.decide(&admin, lucia.id, false).await.unwrap(),
            "RETAIL"
        );
    }
    house.ask(&lucia, "now with proof").await.unwrap();
    assert_eq!(
        house.decide(&admin, lucia.id, true).await.unwrap(),
        "SOPHISTICATED"
    );
    assert!(house.queue_of_categories(&admin).await.is_empty());
    assert_eq!(
        house.ask(&lucia, "more").await.unwrap_err(),
        "category_already_held"
    );
    assert_eq!(
        house.recorded(lucia.id).await,
        [
            "CategoryRequested",
            "CategoryRefused",
            "CategoryRequested",
            "InvestorLimitsSet"
        ]
    );
    assert_eq!(house.findings().await, [""; 0]);
}

#[tokio::test]
async fn limits_are_set_by_another_above_zero_and_for_people_whom_we_know() {
    let house = House::open().await;
    let admin = house.registered(Role::Admin).await;
    let jorge = house.registered(Role::Investor).await;
    let stranger = UserId::new();
    for (by, user, limit, code) in [
        (&admin, jorge.id, 0, "limit_not_positive"),
        (&admin, admin.id, 1, "own_limits"),
        (&admin, stranger, 1, "no_such_person"),
        (&jorge, jorge.id, 1, "forbidden"),
    ] {
        let refused = house.limit(by, (code, user), Some(limit)).await;
        assert_eq!(refused.unwrap_err(), code);
    }
    assert_eq!(house.recorded(jorge.id).await, [""; 0]);
    let limited = house
        .limit(&admin, ("a", jorge.id), Some(500_000))
        .await
        .unwrap();
    assert_eq!(limited.per_project.unwrap().minor, 500_000);
    let reused = house.limit(&admin, ("a", jorge.id), None).await;
    assert_eq!(reused.unwrap_err(), "idempotency_key_reused");
    assert_eq!(house.findings().await, [""; 0]);
    let free = house.limit(&admin, ("b", jorge.id), None).await.unwrap();
    assert_eq!(free.per_project, None);

    let mut superuser = house.test.superuser_connection().await;
    sqlx::query("UPDATE investors SET per_project_minor = 1, per_project_currency = 'USD'")
        .execute(&mut superuser)
        .await
        .unwrap();
    assert_eq!(house.findings().await.len(), 1, "a limit past the record");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_decisions_at_once_one_holds() {
    let house = House::open().await;
    let lucia = house.registered(Role::Investor).await;
    let (a, b) = (
        house.registered(Role::Admin).await,
        house.registered(Role::Admin).await,
    );
    house.ask(&lucia, "please").await.unwrap();
    let (yes, no) = tokio::join!(
        house.decide(&a, lucia.id, true),
        house.decide(&b, lucia.id, false),
    );
    assert!(yes.is_ok() != no.is_ok(), "{yes:?} {no:?}");
    assert_eq!(house.recorded(lucia.id).await.len(), 2);
    assert_eq!(house.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_person_agrees_to_the_text_that_they_read_once_a_version() {
    let house = House::open().await;
    let lucia = house.registered(Role::Investor).await;
    let (spanish, english) = (
        house.consents(&lucia, "es").await,
        house.consents(&lucia, "en").await,
    );
    assert_eq!(spanish.len(), 3);
    for (es, en) in spanish.iter().zip(&english) {
        assert_ne!(es.text, en.text);
        assert_eq!((es.version, es.given_at.as_str()), (1, ""));
    }
    let (risk, terms) = (&spanish[0], &english[1]);
    let other = "00".repeat(32);
    for (consent, version, hash, code) in [
        ("RISK_WARNING", 2, &risk.text_hash, "consent_outdated"),
        ("RISK_WARNING", 1, &terms.text_hash, "consent_text_differs"),
        ("RISK_WARNING", 1, &other, "consent_text_differs"),
        ("NEWSLETTER", 1, &other, "malformed"),
    ] {
        let refused = house.agree(&lucia, "no", (consent, version, hash)).await;
        assert_eq!(refused.unwrap_err(), code);
    }
    for key in ["one", "one", "two"] {
        let given = house
            .agree(&lucia, key, ("RISK_WARNING", 1, &risk.text_hash))
            .await;
        let given = given.unwrap();
        assert_eq!(given.text, risk.text, "as it was read");
        assert_ne!(given.given_at, "");
    }
    house
        .agree(&lucia, "three", ("PLATFORM_TERMS", 1, &terms.text_hash))
        .await
        .unwrap();
    assert_eq!(
        house.recorded(lucia.id).await,
        ["ConsentGiven", "ConsentGiven"]
    );
    let given = house.consents(&lucia, "en").await;
    let given: Vec<_> = given.iter().map(|one| !one.given_at.is_empty()).collect();
    assert_eq!(given, [true, true, false]);
    assert_eq!(house.findings().await, [""; 0]);
}

#[tokio::test]
async fn each_operator_is_told_of_the_texts_in_force_once() {
    let house = House::open().await;
    assert_eq!(
        issue_texts(&house.app).await.unwrap(),
        0,
        "nobody is there yet"
    );
    house.registered(Role::Investor).await;
    assert_eq!(issue_texts(&house.app).await.unwrap(), 1);
    assert_eq!(issue_texts(&house.app).await.unwrap(), 0);
    let issued = house.recorded(house.tenant.as_uuid().into()).await;
    assert_eq!(issued, ["ConsentTextIssued"; 3]);
}
