//! From registration to an expired verification, through the door, against a real database.

use authz::Role;
use contracts::auth::UserRegistered;
use contracts::projects::BusinessTimeAdvanced;
use contracts::users as pb;
use ids::TenantId;
use testkit::Person;
use tonic::Request;
use users::application::expire_kyc::expire_kyc;
use users::interfaces::{OfAuth, OfProjects};

use crate::house::House;

#[tokio::test]
async fn a_person_registers_is_verified_by_another_and_expires_by_time_alone() {
    let house = House::open().await;
    let (rosa, patricia) = (house.person(&[Role::Owner]), house.person(&[Role::Admin]));
    let registered = UserRegistered {
        user_id: rosa.id.to_string(),
        roles: vec!["OWNER".to_owned()],
        language: "es".to_owned(),
    };
    house.hear(&OfAuth, &registered).await;
    house.hear(&OfAuth, &registered).await;
    assert_eq!(house.profile(&rosa, "").await.unwrap().kyc_state, "NONE");

    assert_eq!(
        house.submit(&rosa, "one", " Rosa Quispe ").await.unwrap(),
        "PENDING"
    );
    assert_eq!(
        house.submit(&rosa, "one", " Rosa Quispe ").await.unwrap(),
        "PENDING"
    );
    assert_eq!(
        house.submit(&rosa, "two", "Rosa Quispe").await.unwrap_err(),
        "kyc_already_pending"
    );
    assert_eq!(house.queue(&patricia).await, [rosa.id.to_string()]);

    assert_eq!(
        house.verify(&patricia, "yes", rosa.id).await.unwrap(),
        "VERIFIED"
    );
    assert_eq!(
        house.verify(&patricia, "yes", rosa.id).await.unwrap(),
        "VERIFIED"
    );
    assert_eq!(
        house.verify(&patricia, "again", rosa.id).await.unwrap_err(),
        "kyc_not_pending"
    );
    assert!(house.queue(&patricia).await.is_empty());
    let profile = house.profile(&rosa, "").await.unwrap();
    assert_eq!(profile.display_name, "Rosa Quispe");
    assert!(clock::from_text(&profile.kyc_valid_until).is_some());

    assert_eq!(expire_kyc(&house.app).await.unwrap(), 0);
    let year = BusinessTimeAdvanced {
        offset_s: 365 * 86_400,
    };
    house.hear(&OfProjects, &year).await;
    let profile = house.profile(&rosa, "").await.unwrap();
    assert_eq!(
        (profile.kyc_state.as_str(), profile.kyc_valid_until.as_str()),
        ("EXPIRED", "")
    );
    assert_eq!(expire_kyc(&house.app).await.unwrap(), 1);
    assert_eq!(expire_kyc(&house.app).await.unwrap(), 0);
    assert_eq!(
        house
            .submit(&rosa, "three", "Rosa Quispe Mamani")
            .await
            .unwrap(),
        "PENDING"
    );
    assert_eq!(
        house.recorded(rosa.id).await,
        ["KycSubmitted", "KycVerified", "KycExpired", "KycSubmitted"]
    );
    assert_eq!(house.findings().await, [""; 0]);
}

#[tokio::test]
async fn nobody_decides_on_themselves_nor_without_being_an_administrator() {
    let house = House::open().await;
    let (admin, investor) = (
        house.person(&[Role::Admin]),
        house.person(&[Role::Investor]),
    );
    house.submit(&admin, "one", "Andrés Molina").await.unwrap();
    house
        .submit(&investor, "one", "Lucía Fernández")
        .await
        .unwrap();
    assert_eq!(
        house.verify(&admin, "a", admin.id).await.unwrap_err(),
        "kyc_own_case"
    );
    assert_eq!(
        house.reject(&admin, "b", admin.id).await.unwrap_err(),
        "kyc_own_case"
    );
    assert_eq!(
        house.verify(&investor, "c", admin.id).await.unwrap_err(),
        "forbidden"
    );
    let admin_id = admin.id.to_string();
    assert_eq!(
        house.profile(&investor, &admin_id).await.unwrap_err(),
        "forbidden"
    );
    assert_eq!(
        house.profile(&investor, "").await.unwrap().display_name,
        "Lucía Fernández"
    );
    assert_eq!(house.recorded(admin.id).await, ["KycSubmitted"]);

    let reason = "The photograph is blurred";
    assert_eq!(
        house.reject(&admin, "d", investor.id).await.unwrap(),
        reason
    );
    assert_eq!(
        house.reject(&admin, "d", investor.id).await.unwrap(),
        reason
    );
    assert_eq!(
        house.verify(&admin, "e", investor.id).await.unwrap_err(),
        "kyc_not_pending"
    );
    assert_eq!(house.findings().await, [""; 0]);

    let mut superuser = house.test.superuser_connection().await;
    sqlx::query("UPDATE profiles SET kyc_state = 'EXPIRED', kyc_reason = NULL WHERE user_id = $1")
        .bind(investor.id.as_uuid())
        .execute(&mut superuser)
        .await
        .unwrap();
    assert_eq!(
        house.findings().await.len(),
        1,
        "a profile changed behind the record's back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_submissions_at_once_one_waits_and_of_two_decisions_one_holds() {
    let house = House::open().await;
    let person = house.person(&[Role::Investor]);
    let (one, other) = tokio::join!(
        house.submit(&person, "one", "Jorge Huamán"),
        house.submit(&person, "two", "Jorge Huamán"),
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(one.or(other), Ok("PENDING".to_owned()));

    let [a, b] = [(); 2].map(|()| house.person(&[Role::Admin]));
    let (yes, no) = tokio::join!(
        house.verify(&a, "yes", person.id),
        house.reject(&b, "no", person.id),
    );
    assert!(yes.is_ok() != no.is_ok(), "{yes:?} {no:?}");
    assert_eq!(house.recorded(person.id).await.len(), 2);
}

#[tokio::test]
async fn names_are_of_those_who_showed_one_and_of_this_tenant() {
    let house = House::open().await;
    let (named, nameless) = (house.person(&[]), house.person(&[]));
    house.submit(&named, "one", "Camila Soto").await.unwrap();
    let stranger = Person {
        tenant: TenantId::new(),
        ..house.person(&[])
    };
    let message = pb::NamesRequest {
        user_ids: vec![named.id.to_string(), nameless.id.to_string()],
    };
    let mut users = house.users.clone();
    let reply = users
        .names(house.by(&nameless, message.clone()))
        .await
        .unwrap();
    let expected = [(named.id.to_string(), "Camila Soto".to_owned())];
    assert_eq!(reply.into_inner().names, expected.clone().into());
    let mut visitor = Request::new(message.clone());
    let tenant = house.tenant.to_string().parse().unwrap();
    visitor.metadata_mut().insert("fondeo-tenant", tenant);
    let reply = users.names(visitor).await.unwrap();
    assert_eq!(reply.into_inner().names, expected.into());
    let reply = users.names(house.by(&stranger, message)).await.unwrap();
    assert!(reply.into_inner().names.is_empty());
}
