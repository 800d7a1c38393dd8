//! Machines sign in by their own secret, read, and are stopped at once.

use authz::Role;
use contracts::auth as pb;
use contracts::auth::auth_client::AuthClient;
use link::{Link, Refusal};
use reqwest::StatusCode;
use serde_json::Value;
use tonic::Request;
use uuid::Uuid;

use crate::house::{ADMIN, ANA, Browser, House, VERIFIER};

impl House {
    fn auth(&self) -> AuthClient<Link> {
        AuthClient::new(self.service.gate.near("gateway"))
    }
}

fn with<T>(access: &Value, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", access.as_str().unwrap());
    let metadata = request.metadata_mut();
    metadata.insert("authorization", bearer.parse().unwrap());
    request
}

impl Browser {
    async fn machine(
        &mut self,
        path: &str,
        id: &str,
        more: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let (client, secret) = id.split_once(' ').unwrap();
        let mut fields = vec![("client_id", client), ("client_secret", secret)];
        fields.extend(more);
        let page = self.post(path, &fields).await;
        (page.status, serde_json::from_str(&page.text).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_reads_in_its_own_name_until_it_is_revoked() {
    let house = House::open().await;
    let (mut office, mut browser) = (house.browser(), house.browser());
    browser.register(ANA).await;
    let code = browser.code(ANA).await;
    let (_, person) = browser.exchange(&code, VERIFIER).await;
    let grant = office.code(ADMIN).await;
    let (_, admin) = office.exchange(&grant, VERIFIER).await;
    let (ana, boss) = (&person["access_token"], &admin["access_token"]);
    let issue = |name: &str| pb::IssueServiceCredentialRequest {
        idempotency_key: "one".to_owned(),
        name: name.to_owned(),
    };
    let mut auth = house.auth();
    let code = |status: tonic::Status| Refusal::from_status(&status).unwrap().code;
    let refused = auth
        .issue_service_credential(with(ana, issue("mine")))
        .await;
    assert_eq!(code(refused.unwrap_err()), "forbidden");
    let refused = auth.issue_service_credential(with(boss, issue(" "))).await;
    assert_eq!(code(refused.unwrap_err()), "malformed");
    let issued = auth
        .issue_service_credential(with(boss, issue("Bank report")))
        .await;
    let issued = issued.unwrap().into_inner();
    let again = auth
        .issue_service_credential(with(boss, issue("Bank report")))
        .await;
    let again = again.unwrap().into_inner();
    let id_of = |reply: &pb::IssueServiceCredentialReply| {
        reply.credential.as_ref().map(|one| one.client_id.clone())
    };
    assert_eq!(id_of(&again), id_of(&issued));
    assert_eq!(again.client_secret, "", "it is shown once");
    let credential = issued.credential.unwrap();
    let id = format!("{} {}", credential.client_id, issued.client_secret);
    let wrong = format!("{} nonsense", credential.client_id);

    let machine = [("grant_type", "client_credentials")];
    let (status, _) = browser.machine("/oauth2/token", &wrong, &machine).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, tokens) = browser.machine("/oauth2/token", &id, &machine).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(tokens.get("refresh_token"), None);
    let access = &tokens["access_token"];
    let actor = house.actor(access).await;
    assert_eq!(actor.roles, [Role::Auditor]);

    let token = |access: &Value| access.as_str().unwrap().to_owned();
    for (asked, active) in [
        (token(access), true),
        (token(ana), true),
        ("x".to_owned(), false),
    ] {
        let asked = [("token", asked.as_str())];
        let (status, answer) = browser.machine("/oauth2/introspect", &id, &asked).await;
        assert_eq!(
            (status, &answer["active"]),
            (StatusCode::OK, &active.into())
        );
        let (status, _) = browser.machine("/oauth2/introspect", &wrong, &asked).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let own = token(access);
    let (_, answer) = browser
        .machine("/oauth2/revoke", &id, &[("token", &own)])
        .await;
    assert_eq!(answer["error"], "unsupported_token_type");

    for _repeated in 0..2 {
        let revoke = pb::RevokeServiceCredentialRequest {
            idempotency_key: "two".to_owned(),
            client_id: credential.client_id.clone(),
        };
        auth.revoke_service_credential(with(boss, revoke))
            .await
            .unwrap();
    }
    assert!(
        house.verifier.verify(&own, Uuid::nil()).await.is_none(),
        "at once"
    );
    let (status, _) = browser.machine("/oauth2/token", &id, &machine).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let names: Vec<_> = house
        .recorded()
        .await
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    for name in ["ServiceCredentialIssued", "ServiceCredentialRevoked"] {
        assert_eq!(
            names.iter().filter(|own| *own == name).count(),
            1,
            "{names:?}"
        );
    }
}
