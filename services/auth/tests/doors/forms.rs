//! The forms: only our own are taken, and none tells whether somebody has an account.

use crate::house::{ADMIN, ANA, House};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_refused_and_does_nothing() {
    let house = House::open().await;
    let mut browser = house.browser();
    let person = [
        ("email", ANA.0),
        ("password", ANA.1),
        ("language", "es"),
        ("role", "INVESTOR"),
    ];
    let form = browser.get("/register").await;
    let foreign = house.browser().get("/register").await.field("csrf");
    for csrf in ["", "guess", foreign.as_str()] {
        let mut fields = person.to_vec();
        fields.push(("csrf", csrf));
        for path in ["/register", "/sign-in", "/sign-out"] {
            let page = browser.post(path, &fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {csrf}");
        }
    }
    assert_eq!(house.recorded().await.len(), 2, "only the administrator");

    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(form.headers[name], value);
    }
    let policy = form.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self';"));
    let cookie = form.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let css = browser.get("/auth.css").await;
    assert_eq!(
        (css.status, css.headers["content-type"].to_str().unwrap()),
        (StatusCode::OK, "text/css; charset=utf-8")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_tells_whether_an_address_has_an_account() {
    let house = House::open().await;
    let mut browser = house.browser();
    let first = browser.register(ANA).await;
    let again = browser.register((ANA.0, "another long sentence")).await;
    assert_eq!((first.status, first.text), (again.status, again.text));
    assert_eq!(first.location, again.location);
    assert!(
        browser
            .get(&first.location)
            .await
            .text
            .contains("If the address is new")
    );

    let wrong = browser
        .sign_in("/sign-in", (ANA.0, "another long sentence"))
        .await;
    let nobody = browser
        .sign_in("/sign-in", ("eva@example.org", ANA.1))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.status, nobody.status);
    assert_eq!(wrong.text.replace(ANA.0, "eva@example.org"), nobody.text);
    let right = browser
        .sign_in("/sign-in", (" Ana@Example.org ", ANA.1))
        .await;
    assert_eq!(
        right.status,
        StatusCode::SEE_OTHER,
        "the first password stays"
    );

    let registered = |events: Vec<(String, String)>| {
        let registered = events.iter().filter(|(_, ty)| ty == "UserRegistered");
        registered.count()
    };
    assert_eq!(registered(house.recorded().await), 2);
    for (field, password, text) in [
        ("INVESTOR", "too short", "Demasiado corta"),
        ("INVESTOR", "passwordpassword", "de las primeras"),
        ("ADMIN", "seven boats leave at dawn", "Elige al menos"),
    ] {
        let fields = [
            ("email", "eva@example.org"),
            ("password", password),
            ("language", "es"),
            ("role", field),
        ];
        let form = browser.get("/register?lang=es").await;
        let csrf = form.field("csrf");
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        let page = browser.post("/register?lang=es", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text.contains(text) && page.text.contains("<html lang=\"es\">"),
            "{text}"
        );
    }
    assert_eq!(registered(house.recorded().await), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_see_is_no_address_and_no_accident() {
    let house = House::open().await;
    let mut browser = house.browser();
    for email in [
        "a\0@example.org",
        "\0",
        "a@example.org\0",
        "a\u{1b}@example.org",
        "x<ana@example.org>",
        "a,b@example.org",
    ] {
        for page in [
            browser.register((email, ANA.1)).await,
            browser.sign_in("/sign-in", (email, ANA.1)).await,
        ] {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:?}");
        }
    }
    let unknown = browser.get("/oauth2/authorize?client_id=%00").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert_eq!(house.recorded().await.len(), 2, "only the administrator");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_too_often_waits() {
    let house = House::open().await;
    let mut browser = house.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("email", ADMIN.0),
        ("password", "wrong"),
    ];
    let mut last = browser.post("/sign-in", &fields).await;
    let mut tries = 1;
    while last.status == StatusCode::UNPROCESSABLE_ENTITY && tries < 60 {
        last = browser.post("/sign-in", &fields).await;
        tries += 1;
    }
    assert_eq!(tries, 6, "five mistakes are a person's own");
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.headers.contains_key("retry-after"));
    assert!(last.text.contains("Too many tries"));
}
