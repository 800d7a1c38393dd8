//! The second factor: asked for, good once, and what holds only with it.

use authz::Role;
use reqwest::StatusCode;
use serde_json::Value;

use crate::house::{ADMIN, ANA, Browser, House, SECRET, VERIFIER, authorize, totp};

impl House {
    async fn is_treasurer(&self, browser: &mut Browser) -> bool {
        self.actor(&browser.token().await)
            .await
            .has(Role::Treasurer)
    }

    /// Gives a role past the service, as a migration might.
    async fn make_treasurers(&self) {
        let mut superuser = self.database.superuser_connection().await;
        sqlx::query(
            "INSERT INTO roles (tenant_id, user_id, role)
             SELECT tenant_id, user_id, 'TREASURER' FROM accounts ON CONFLICT DO NOTHING",
        )
        .execute(&mut superuser)
        .await
        .unwrap();
    }

    async fn age_sessions(&self, minutes: i32) {
        let mut superuser = self.database.superuser_connection().await;
        sqlx::query("UPDATE sessions SET auth_time = auth_time - make_interval(mins => $1)")
            .bind(minutes)
            .execute(&mut superuser)
            .await
            .unwrap();
    }

    async fn names(&self) -> Vec<String> {
        let recorded = self.recorded().await.into_iter();
        recorded.map(|(_, name)| name).skip(2).collect()
    }
}

impl Browser {
    async fn token(&mut self) -> Value {
        let answer = self.get(&authorize(&[])).await;
        let code = answer.param("code").expect("signed in");
        self.exchange(&code, VERIFIER).await.1["access_token"].clone()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).expect("the beginning").1;
    rest.split_once(after).expect("the end").0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_and_good_once() {
    let house = House::open().await;
    let mut browser = house.browser();
    let proven = browser.sign_in("/sign-in", ADMIN).await;
    assert!(
        proven.location.starts_with("/sign-in/code"),
        "{}",
        proven.location
    );
    let early = browser.get(&authorize(&[])).await;
    assert!(
        early.location.starts_with("/sign-in?"),
        "a password alone is no sign-in"
    );
    let code = totp(&SECRET, 0);
    for wrong in ["000000", "12345", "not a code", &totp(&SECRET, 5)] {
        let refused = browser.show(&proven.location, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let shown = browser.show(&proven.location, &code).await;
    assert_eq!(shown.status, StatusCode::SEE_OTHER);
    let token = browser.token().await;
    assert!(house.actor(&token).await.has(Role::Admin));

    let mut other = house.browser();
    let proven = other.sign_in("/sign-in", ADMIN).await;
    let replayed = other.show(&proven.location, &code).await;
    assert_eq!(
        replayed.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "seen over a shoulder"
    );
    let next = other.show(&proven.location, &totp(&SECRET, 1)).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER);
    assert_eq!(house.names().await, ["SignedIn", "SignedIn"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_over_money_holds_only_with_a_second_factor() {
    let house = House::open().await;
    let mut browser = house.browser();
    browser.register(ANA).await;
    house.make_treasurers().await;
    let proven = browser.sign_in("/sign-in", ANA).await;
    assert!(
        proven.location.starts_with("/second-factor"),
        "{}",
        proven.location
    );
    let without = house.actor(&browser.token().await).await;
    assert!(without.has(Role::Investor) && !without.has(Role::Treasurer));

    let offer = browser.get(&proven.location).await;
    assert!(offer.text.contains("<svg"));
    let policy = offer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    let secret = between(&offer.text, "class=\"secret\">", "</code>").to_owned();
    let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
    let sealed = offer.field("sealed");
    let take = |code: String| [("sealed", sealed.clone()), ("code", code)];
    let wrong = take("000000".to_owned());
    let wrong: Vec<_> = wrong.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let refused = browser.submit("/second-factor", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = take(totp(&secret, 0));
    let right: Vec<_> = right.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let taken = browser.submit("/second-factor", &right).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert!(house.is_treasurer(&mut browser).await);
    let recovery = between(&taken.text, "<li><code>", "</code>").to_owned();
    assert_eq!(taken.text.matches("<li><code>").count(), 10);

    // Her device is lost: a recovery code serves once.
    let mut other = house.browser();
    for status in [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY] {
        let proven = other.sign_in("/sign-in", ANA).await;
        let shown = other.show(&proven.location, &recovery.to_lowercase()).await;
        assert_eq!(shown.status, status);
        if status == StatusCode::SEE_OTHER {
            assert!(house.is_treasurer(&mut other).await);
            other = house.browser();
        }
    }
    house.age_sessions(6).await;
    let csrf = browser.get("/second-factor").await.field("csrf");
    let stale = browser
        .post("/second-factor/remove", &[("csrf", &csrf)])
        .await;
    assert_eq!(
        stale.status,
        StatusCode::FORBIDDEN,
        "six minutes are too many"
    );
    house.age_sessions(-6).await;
    let removed = browser
        .post("/second-factor/remove", &[("csrf", &csrf)])
        .await;
    assert_eq!(removed.status, StatusCode::OK);
    assert!(!house.is_treasurer(&mut browser).await);
    let names = house.names().await;
    for (name, times) in [
        ("TotpEnrolled", 1),
        ("RecoveryCodeUsed", 1),
        ("TotpRemoved", 1),
    ] {
        assert_eq!(
            names.iter().filter(|own| *own == name).count(),
            times,
            "{names:?}"
        );
    }
}
