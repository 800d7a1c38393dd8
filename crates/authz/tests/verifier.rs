//! What the verifier takes and what it refuses.

use authz::{Claims, Role, Subject};
use ids::{TenantId, UserId};
use jsonwebtoken::{Algorithm, Header};
use testkit::{Person, TokenMaker};
use uuid::Uuid;

type Spoil = fn(&mut Claims);

fn investor() -> Person {
    Person {
        tenant: TenantId::new(),
        id: UserId::new(),
        roles: vec![Role::Investor],
    }
}

#[tokio::test]
async fn a_good_token_tells_who_is_calling() {
    let (maker, person) = (TokenMaker::new(), investor());
    let token = maker.token(&TokenMaker::claims(&person));
    let actor = maker
        .verifier()
        .verify(&token, Uuid::nil())
        .await
        .expect("a good token");
    assert_eq!(actor.subject, Subject::User(person.id));
    assert_eq!(actor.tenant, person.tenant);
    assert!(actor.has(Role::Investor) && !actor.has(Role::Admin));
}

#[tokio::test]
async fn a_spoilt_token_is_refused() {
    let maker = TokenMaker::new();
    let verifier = maker.verifier();
    let spoils: [(&str, Spoil); 7] = [
        ("expired", |c| c.exp = c.iat - 60),
        ("not valid yet", |c| c.nbf = c.iat + 600),
        ("of another issuer", |c| {
            "https://elsewhere.test".clone_into(&mut c.iss);
        }),
        ("for another audience", |c| {
            "elsewhere".clone_into(&mut c.aud);
        }),
        ("of no person", |c| "root".clone_into(&mut c.sub)),
        ("of no tenant", |c| c.tenant.clear()),
        ("with an unknown role", |c| c.roles.push("GOD".to_owned())),
    ];
    for (what, spoil) in spoils {
        let mut claims = TokenMaker::claims(&investor());
        spoil(&mut claims);
        let token = maker.token(&claims);
        assert!(
            verifier.verify(&token, Uuid::nil()).await.is_none(),
            "taken: {what}"
        );
    }
}

#[tokio::test]
async fn a_foreign_key_a_foreign_type_and_an_unknown_kid_are_refused() {
    let (maker, foreign) = (TokenMaker::new(), TokenMaker::new());
    let verifier = maker.verifier();
    let claims = TokenMaker::claims(&investor());
    let mut plain = Header::new(Algorithm::RS256);
    plain.kid = Some("test".to_owned());
    let mut unknown = plain.clone();
    unknown.typ = Some("at+jwt".to_owned());
    unknown.kid = Some("other".to_owned());
    let good = maker.token(&claims);
    let tampered = good.replacen('.', ".e", 1);
    for token in [
        foreign.token(&claims),
        maker.sign(&plain, &claims),
        maker.sign(&unknown, &claims),
        tampered,
        "seven".to_owned(),
        String::new(),
    ] {
        assert!(
            verifier.verify(&token, Uuid::nil()).await.is_none(),
            "taken: {token}"
        );
    }
    assert!(verifier.verify(&good, Uuid::nil()).await.is_some());
}
