//! From a browser to tokens: the whole way by code and PKCE, and what ends it.

use crate::house::{ANA, BACK, House, VERIFIER, authorize};
use authz::Role;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::Value;

/// What a token says, unverified.
fn contents(token: &Value) -> Value {
    let body = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_registers_and_a_client_acts_in_their_name_until_they_sign_out() {
    let house = House::open().await;
    let mut browser = house.browser();
    let registered = browser.register(ANA).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER);
    let code = browser.code(ANA).await;
    let (status, tokens) = browser.exchange(&code, VERIFIER).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(tokens["expires_in"], 300);
    assert_eq!(tokens["scope"], "openid fondeo offline_access");

    let actor = house.actor(&tokens["access_token"]).await;
    assert_eq!(actor.tenant, house.tenant);
    assert_eq!(actor.roles, [Role::Investor, Role::Owner]);
    let user = actor.user().unwrap().to_string();
    let id = contents(&tokens["id_token"]);
    assert_eq!(
        (&id["nonce"], &id["sub"]),
        (&"a nonce".into(), &user.as_str().into())
    );
    assert_eq!(id["aud"], "fondeo-story");
    let id_token = tokens["id_token"].as_str().unwrap();
    let taken = house.verifier.verify(id_token, uuid::Uuid::nil()).await;
    assert!(taken.is_none(), "an id token opens no door");

    let http = browser.http.clone();
    let info = |access: &Value| {
        let request = http.get(format!("{}/oauth2/userinfo", house.base));
        request.bearer_auth(access.as_str().unwrap()).send()
    };
    let told = info(&tokens["access_token"]).await.unwrap();
    let told: Value = told.json().await.unwrap();
    assert_eq!(
        (&told["email"], &told["locale"]),
        (&ANA.0.into(), &"es".into())
    );

    let page = browser.get("/sign-in").await;
    assert!(page.text.contains(ANA.0) && page.text.contains("Tu cuenta"));
    let csrf = page.field("csrf");
    let out = browser.post("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    let access = tokens["access_token"].as_str().unwrap();
    let refused = house.verifier.verify(access, uuid::Uuid::nil()).await;
    assert!(
        refused.is_none(),
        "an access token ends with its session, not five minutes later"
    );
    let told = info(&tokens["access_token"]).await.unwrap();
    assert_eq!(told.status(), StatusCode::UNAUTHORIZED);
    let (status, _) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        browser
            .get(&authorize(&[]))
            .await
            .location
            .starts_with("/sign-in?")
    );

    let person = format!("user:{user}");
    let event = |actor: &str, ty: &str| (actor.to_owned(), ty.to_owned());
    assert_eq!(
        house.recorded().await,
        [
            event("service:auth", "UserRegistered"),
            event("service:auth", "TotpEnrolled"),
            event(&person, "UserRegistered"),
            event(&person, "SignedIn"),
            event(&person, "SessionEnded"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_serves_its_asker_once_and_a_second_use_ends_everything() {
    let mut house = House::open().await;
    let mut browser = house.browser();
    browser.register(ANA).await;
    let code = browser.code(ANA).await;
    let wrong = "x".repeat(43);
    let (status, answer) = browser.exchange(&code, &wrong).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into())
    );
    let (status, tokens) = browser.exchange(&code, VERIFIER).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");

    let (status, answer) = browser.exchange(&code, VERIFIER).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into())
    );
    let (status, answer) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into())
    );
    let again = browser.get(&authorize(&[])).await;
    assert!(
        again.location.starts_with("/sign-in?"),
        "the session is over"
    );
    let last = house.recorded().await.pop().unwrap();
    assert_eq!(last.1, "SessionEnded");

    browser.code(ANA).await;
    assert_eq!(house.codes().await, 2);
    house.age_ended_sessions().await;
    house.sweep().await;
    assert_eq!(house.codes().await, 1, "what can still be redeemed stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_is_sent_only_to_an_address_of_its_client() {
    let house = House::open().await;
    let mut browser = house.browser();
    for changes in [
        [("redirect_uri", "https://evil.example/callback")],
        [("redirect_uri", "http://127.0.0.1:51004/other")],
        [("redirect_uri", "")],
        [("client_id", "unknown")],
    ] {
        let page = browser.get(&authorize(&changes)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{changes:?}");
        assert_eq!(page.location, "");
    }
    for (changes, error) in [
        ([("code_challenge_method", "plain")], "invalid_request"),
        ([("code_challenge", "")], "invalid_request"),
        ([("response_type", "token")], "unsupported_response_type"),
        ([("scope", "openid root")], "invalid_scope"),
        ([("prompt", "none")], "login_required"),
        ([("max_age", "soon")], "invalid_request"),
    ] {
        let page = browser.get(&authorize(&changes)).await;
        assert!(
            page.location.starts_with(&format!("{BACK}?")),
            "{changes:?}"
        );
        assert_eq!(page.param("error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(page.param("state").as_deref(), Some("a state"));
        assert_eq!(page.param("iss"), Some(house.base.clone()));
        assert_eq!(page.param("code"), None);
    }
    let twice = format!("{}&scope=openid", authorize(&[]));
    let page = browser.get(&twice).await;
    assert_eq!(page.param("error").as_deref(), Some("invalid_request"));

    browser.register(ANA).await;
    browser.code(ANA).await;
    assert!(
        browser
            .get(&authorize(&[("prompt", "none")]))
            .await
            .param("code")
            .is_some()
    );
    for changes in [[("prompt", "login")], [("max_age", "0")]] {
        let to_sign_in = browser.get(&authorize(&changes)).await;
        assert!(to_sign_in.location.starts_with("/sign-in?"), "{changes:?}");
        let form = browser.get(&to_sign_in.location).await;
        let policy = form.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("form-action 'self' http://127.0.0.1:51004;"),
            "{policy}"
        );
        let back = browser.sign_in(&to_sign_in.location, ANA).await;
        assert!(browser.get(&back.location).await.param("code").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_tokens_rotate_one_of_two_wins_and_a_second_use_ends_the_family() {
    let house = House::open().await;
    let mut browser = house.browser();
    browser.register(ANA).await;
    let code = browser.code(ANA).await;
    let (_, first) = browser.exchange(&code, VERIFIER).await;
    let signed_in_at = contents(&first["access_token"])["auth_time"].clone();
    let (status, second) = browser.refresh(&first["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK, "{second}");
    let user = house.actor(&second["access_token"]).await.user().unwrap();
    assert_eq!(contents(&second["access_token"])["auth_time"], signed_in_at);
    assert_ne!(second["refresh_token"], first["refresh_token"]);

    let (mut one, mut other) = (house.browser(), house.browser());
    let token = &second["refresh_token"];
    let (one, other) = tokio::join!(one.refresh(token), other.refresh(token));
    let won = [&one, &other].map(|(status, _)| *status == StatusCode::OK);
    assert_eq!(
        won.iter().filter(|won| **won).count(),
        1,
        "{one:?} {other:?}"
    );
    let (_, third) = if won[0] { one } else { other };
    let (status, answer) = browser.refresh(&third["refresh_token"]).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into())
    );

    for access in [&first, &second] {
        let access = access["access_token"].as_str().unwrap();
        let refused = house.verifier.verify(access, uuid::Uuid::nil()).await;
        assert!(refused.is_none(), "the family's access tokens end with it");
    }
    let events = house.recorded().await;
    let reused = (format!("user:{user}"), "RefreshTokenReused".to_owned());
    assert_eq!(events.iter().filter(|event| **event == reused).count(), 1);

    let code = browser.code(ANA).await;
    let (_, tokens) = browser.exchange(&code, VERIFIER).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let fields = [("client_id", "fondeo-story"), ("token", token)];
    assert_eq!(
        browser.post("/oauth2/revoke", &fields).await.status,
        StatusCode::OK
    );
    assert_eq!(
        browser.post("/oauth2/revoke", &fields).await.status,
        StatusCode::OK
    );
    let (status, _) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
