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

    /// Whether the machine of `id` is told that a token is worth something.
    async fn is_active(&mut self, id: &str, token: &str) -> bool {
        let asked = [("token", token)];
        let (status, answer) = self.machine("/oauth2/introspect", id, &asked).await;
        assert_eq!(status, StatusCode::OK);
        answer["active"].as_bool().unwrap()
    }
}

fn issue(name: &str) -> pb::IssueServiceCredentialRequest {
    pb::IssueServiceCredentialRequest {
        idempotency_key: "one".to_owned(),
        name: name.to_owned(),
    }
}

fn code(status: tonic::Status) -> String {
    Refusal::from_status(&status).unwrap().code
}

/// A credential by the name of a bank report, and the secret that is shown once.
async fn issued(
    auth: &mut AuthClient<Link>,
    (ana, boss): (&Value, &Value),
) -> (pb::ServiceCredential, String) {
    let refused = auth
        .issue_service_credential(with(ana, issue("mine")))
        .await;
    assert_eq!(code(refused.unwrap_err()), "forbidden");
    let refused = auth.issue_service_credential(with(boss, issue(" "))).await;
    assert_eq!(code(refused.unwrap_err()), "malformed");
    let [first, again] = [(); 2].map(|()| with(boss, issue("Bank report")));
    let first = auth.issue_service_credential(first).await.unwrap();
    let again = auth.issue_service_credential(again).await.unwrap();
    let (first, again) = (first.into_inner(), again.into_inner());
    let id_of = |reply: &pb::IssueServiceCredentialReply| {
        reply.credential.as_ref().map(|one| one.client_id.clone())
    };
    assert_eq!(id_of(&again), id_of(&first));
    assert_eq!(again.client_secret, "", "it is shown once");
    (first.credential.unwrap(), first.client_secret)
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
    let mut auth = house.auth();
    let (credential, secret) = issued(&mut auth, (ana, boss)).await;
    let id = format!("{} {}", credential.client_id, secret);
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

    let own = access.as_str().unwrap();
    for (asked, active) in [(own, true), (ana.as_str().unwrap(), true), ("x", false)] {
        assert_eq!(browser.is_active(&id, asked).await, active);
        let asked = [("token", asked)];
        let (status, _) = browser.machine("/oauth2/introspect", &wrong, &asked).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let (_, answer) = browser
        .machine("/oauth2/revoke", &id, &[("token", own)])
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
        house.verifier.verify(own, Uuid::nil()).await.is_none(),
        "at once"
    );
    let (status, _) = browser.machine("/oauth2/token", &id, &machine).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let recorded = house.recorded().await;
    for name in ["ServiceCredentialIssued", "ServiceCredentialRevoked"] {
        let times = recorded.iter().filter(|(_, own)| own == name).count();
        assert_eq!(times, 1, "{recorded:?}");
    }
}
