//! One secret shown many times at the same moment serves once; where a second use means that it was
//! stolen, everything ends.

use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::house::{ADMIN, ANA, Browser, House, SECRET, VERIFIER, totp};

const ROUNDS: usize = 4;
const AT_ONCE: usize = 4;

/// Each in a sign-in of their own, which waits for a code: with the token of the code's form.
async fn awaited(house: &House) -> Vec<(Browser, String)> {
    let mut browsers = Vec::new();
    for _ in 0..AT_ONCE {
        let mut browser = house.browser();
        let proven = browser.sign_in("/sign-in", ADMIN).await;
        let csrf = browser.get(&proven.location).await.field("csrf");
        browsers.push((browser, csrf));
    }
    browsers
}

/// They all show the same code; one is signed in.
async fn show(browsers: Vec<(Browser, String)>, code: &str) {
    let mut all = JoinSet::new();
    for (mut browser, csrf) in browsers {
        let code = code.to_owned();
        all.spawn(async move {
            let fields = [("csrf", csrf.as_str()), ("code", &code)];
            browser.post("/sign-in/code", &fields).await.status
        });
    }
    let mut statuses = all.join_all().await;
    statuses.sort_unstable();
    let mut expected = [StatusCode::UNPROCESSABLE_ENTITY; AT_ONCE];
    expected[0] = StatusCode::SEE_OTHER;
    assert_eq!(statuses, expected);
}

impl House {
    async fn past_the_service(&self, sql: &'static str) {
        let mut superuser = self.database.superuser_connection().await;
        sqlx::raw_sql(sql).execute(&mut superuser).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_show_one_code_at_once_one_is_signed_in() {
    let house = House::open().await;
    for _ in 0..ROUNDS {
        let browsers = awaited(&house).await;
        house
            .past_the_service("UPDATE second_factors SET last_step = 0")
            .await;
        show(browsers, &totp(&SECRET, 0)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_show_one_recovery_code_at_once_one_is_signed_in() {
    let house = House::open().await;
    for _ in 0..ROUNDS {
        let browsers = awaited(&house).await;
        house
            .past_the_service(
                "INSERT INTO recovery_codes (tenant_id, user_id, code_hash)
                 SELECT tenant_id, user_id, sha256('ABCDEFGHJK') FROM second_factors",
            )
            .await;
        show(browsers, "abcde-fghjk").await;
    }
    let used = house.recorded().await.into_iter();
    let used = used.filter(|(_, name)| name == "RecoveryCodeUsed");
    assert_eq!(used.count(), ROUNDS);
}

/// The tokens of the one who was served; the others were refused.
fn served(answers: Vec<(StatusCode, Value)>) -> Value {
    let (mut served, refused): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|(status, _)| *status == StatusCode::OK);
    for (status, answer) in refused {
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(answer["error"], "invalid_grant");
    }
    assert_eq!(served.len(), 1, "{served:?}");
    served.remove(0).1
}

/// Whoever was served has nothing of it: nor has anybody else in this sign-in.
async fn ends_all(house: &House, browser: &mut Browser, tokens: &Value) {
    let (status, answer) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let access = tokens["access_token"].as_str().unwrap();
    let refused = house.verifier.verify(access, uuid::Uuid::nil()).await;
    assert!(refused.is_none(), "an access token of an ended sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_code_that_many_redeem_at_once_serves_one_and_ends_the_sign_in() {
    let house = House::open().await;
    let mut browser = house.browser();
    browser.register(ANA).await;
    for _ in 0..ROUNDS {
        let code = browser.code(ANA).await;
        let mut all = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (mut one, code) = (house.browser(), code.clone());
            all.spawn(async move { one.exchange(&code, VERIFIER).await });
        }
        let tokens = served(all.join_all().await);
        ends_all(&house, &mut browser, &tokens).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_many_use_at_once_serves_one_and_ends_the_family() {
    let house = House::open().await;
    let mut browser = house.browser();
    browser.register(ANA).await;
    for _ in 0..ROUNDS {
        let code = browser.code(ANA).await;
        let (_, first) = browser.exchange(&code, VERIFIER).await;
        let mut all = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (mut one, token) = (house.browser(), first["refresh_token"].clone());
            all.spawn(async move { one.refresh(&token).await });
        }
        let tokens = served(all.join_all().await);
        ends_all(&house, &mut browser, &tokens).await;
    }
    let reused = house.recorded().await.into_iter();
    let reused = reused.filter(|(_, name)| name == "RefreshTokenReused");
    assert_eq!(reused.count(), ROUNDS, "told once for each family");
}
