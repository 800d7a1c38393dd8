//! The rpcs through the gate, with tokens of the service's own making.

use crate::house::{ADMIN, ANA, House, VERIFIER};
use authz::Role;
use contracts::auth as pb;
use contracts::auth::auth_client::AuthClient;
use contracts::journal::VerifyRequest;
use contracts::journal::journal_client::JournalClient;
use link::Refusal;
use serde_json::Value;
use tonic::{Code, Request, Status};

fn with<T>(token: &Value, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let metadata = request.metadata_mut();
    metadata.insert("authorization", bearer.parse().unwrap());
    request
}

fn code<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    Refusal::from_status(&answer.unwrap_err()).unwrap().code
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_a_role_once_and_it_stands_in_the_next_token() {
    let house = House::open().await;
    let (mut browser, mut office) = (house.browser(), house.browser());
    browser.register(ANA).await;
    let grant = browser.code(ANA).await;
    let (_, person) = browser.exchange(&grant, VERIFIER).await;
    let grant = office.code(ADMIN).await;
    let (_, admin) = office.exchange(&grant, VERIFIER).await;
    let user = house.actor(&person["access_token"]).await.user().unwrap();

    let mut auth = AuthClient::new(house.service.gate.near("gateway"));
    let ask = |user_id: String, role: &str, key: &str| pb::GrantRoleRequest {
        idempotency_key: key.to_owned(),
        user_id,
        role: role.to_owned(),
    };
    let (by_person, by_admin) = (&person["access_token"], &admin["access_token"]);
    let (ana, boss) = (user.to_string(), house.admin.to_string());
    for (token, grant, expected) in [
        (by_person, ask(ana.clone(), "ADMIN", "k"), "forbidden"),
        (by_admin, ask(boss, "TREASURER", "k"), "forbidden"),
        (by_admin, ask(ana.clone(), "KING", "k"), "malformed"),
        (
            by_admin,
            ask(ana.clone(), "AUDITOR", ""),
            "unusable_idempotency_key",
        ),
        (
            by_admin,
            ask(ids::UserId::new().to_string(), "AUDITOR", "k"),
            "no_such_account",
        ),
    ] {
        assert_eq!(code(auth.grant_role(with(token, grant)).await), expected);
    }
    for _again in 0..2 {
        let grant = ask(ana.clone(), "AUDITOR", "one");
        auth.grant_role(with(by_admin, grant)).await.unwrap();
    }
    let other = ask(ana.clone(), "TREASURER", "one");
    assert_eq!(
        code(auth.grant_role(with(by_admin, other)).await),
        "idempotency_key_reused"
    );
    let grants = house.recorded().await;
    let grants = grants.iter().filter(|(_, ty)| ty == "RoleGranted");
    assert_eq!(grants.count(), 1);

    let (_, next) = browser.refresh(&person["refresh_token"]).await;
    let actor = house.actor(&next["access_token"]).await;
    assert_eq!(actor.roles, [Role::Auditor, Role::Investor, Role::Owner]);
    let mine = auth.account(with(&next["access_token"], pb::AccountRequest {}));
    let mine = mine.await.unwrap().into_inner();
    assert_eq!((mine.email.as_str(), mine.language.as_str()), (ANA.0, "es"));
    assert_eq!(mine.roles, ["AUDITOR", "INVESTOR", "OWNER"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_for_notification_alone_and_an_account_past_the_service_is_found() {
    let house = House::open().await;
    let mut office = house.browser();
    let grant = office.code(ADMIN).await;
    let (_, admin) = office.exchange(&grant, VERIFIER).await;
    let ask = || {
        let user_ids = vec![house.admin.to_string(), ids::UserId::new().to_string()];
        let mut request = Request::new(pb::ContactsRequest { user_ids });
        let tenant = house.tenant.to_string().parse().unwrap();
        request.metadata_mut().insert("fondeo-tenant", tenant);
        request
    };
    let mut notification = AuthClient::new(house.service.gate.near("notification"));
    let told = notification.contacts(ask()).await.unwrap().into_inner();
    assert_eq!(told.contacts.len(), 1);
    assert_eq!(told.contacts[0].email, ADMIN.0);
    let mut gateway = AuthClient::new(house.service.gate.near("gateway"));
    let refused = gateway.contacts(ask()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let jwks = gateway.jwks(pb::JwksRequest {}).await.unwrap().into_inner();
    assert!(jwks.jwks_json.contains("\"RS256\"") && !jwks.jwks_json.contains("\"d\""));

    let mut journal = JournalClient::new(house.service.gate.near("gateway"));
    let findings = async |journal: &mut JournalClient<_>| {
        let request = with(&admin["access_token"], VerifyRequest {});
        let answer = journal.verify(request).await.unwrap().into_inner();
        let check = answer
            .checks
            .into_iter()
            .find(|check| check.name.contains("every role"))
            .unwrap();
        check.findings
    };
    assert_eq!(findings(&mut journal).await, [""; 0]);
    let mut superuser = house.database.superuser_connection().await;
    sqlx::query("INSERT INTO roles SELECT tenant_id, user_id, 'TREASURER' FROM accounts")
        .execute(&mut superuser)
        .await
        .unwrap();
    let found = findings(&mut journal).await;
    assert!(
        found.len() == 1 && found[0].contains("TREASURER"),
        "{found:?}"
    );
    sqlx::query("DELETE FROM roles WHERE role IN ('TREASURER', 'ADMIN')")
        .execute(&mut superuser)
        .await
        .unwrap();
    let found = findings(&mut journal).await;
    assert!(
        found.len() == 1 && found[0].contains("lost the role ADMIN"),
        "{found:?}"
    );
}
