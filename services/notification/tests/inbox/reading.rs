//! What a person reads of it: in their language, page by page, theirs alone.

use authz::Role;
use contracts::accounting::{Distribution, FundsHeld, PayoutRequested, RunPosted};
use contracts::notification as pb;
use contracts::participation::ParticipationHeld;
use contracts::users::KycRejected;
use ids::ParticipationId;
use notification::interfaces::{OfAccounting, OfParticipation, OfProjects, OfUsers};
use testkit::Person;

use crate::{House, usd};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one history, told in its order")]
async fn each_reads_what_concerns_them_in_their_own_language() {
    let house = House::open().await;
    let rosa = house.person("es", &[Role::Owner]).await;
    let martin = house.person("en", &[Role::Investor]).await;
    let project_id = house.project.to_string();
    house.hear(&OfProjects, &house.published(&rosa)).await;
    let held = |investor: &Person| ParticipationHeld {
        participation_id: ParticipationId::new().to_string(),
        project_id: project_id.clone(),
        investor_id: investor.id.to_string(),
        owner_id: rosa.id.to_string(),
    };
    house.hear(&OfParticipation, &held(&martin)).await;
    house.hear(&OfParticipation, &held(&rosa)).await;
    assert_eq!(
        house.told(&rosa).await,
        ["project_published", "participation_held"]
    );
    let notice = house.newest(&rosa).await;
    assert_eq!(notice.subject, "Una participación espera tu decisión");
    assert!(notice.body.contains("Ningbo home goods"), "{}", notice.body);
    assert_eq!(
        (notice.project_id, notice.read),
        (project_id.clone(), false)
    );

    let funds = FundsHeld {
        project_id: project_id.clone(),
        investor_id: martin.id.to_string(),
        amount: usd(1_475_760),
        ..FundsHeld::default()
    };
    house.hear(&OfAccounting, &funds).await;
    house
        .hear(&OfParticipation, &house.approved(&martin, 1_475_760))
        .await;
    assert_eq!(
        house.newest(&martin).await.body,
        "You take part in Ningbo home goods with 14,757.60 USD."
    );
    let share = |who: &Person, minor| Distribution {
        participation_id: ParticipationId::new().to_string(),
        investor_id: who.id.to_string(),
        net: usd(minor),
    };
    let run = RunPosted {
        project_id: project_id.clone(),
        distributions: vec![
            share(&martin, 1_000_000),
            share(&rosa, 123_456),
            share(&martin, 601_234),
        ],
        ..RunPosted::default()
    };
    house.hear(&OfAccounting, &run).await;
    let body = |notice: pb::Notice| notice.body;
    assert_eq!(
        body(house.newest(&martin).await),
        "Ningbo home goods paid you 16,012.34 USD."
    );
    assert_eq!(
        body(house.newest(&rosa).await),
        "Ningbo home goods te pagó 1.234,56 USD."
    );
    let rejected = KycRejected {
        user_id: rosa.id.to_string(),
        reason: "{amount} is not a name".to_owned(),
        ..KycRejected::default()
    };
    house.hear(&OfUsers, &rejected).await;
    assert!(
        house
            .newest(&rosa)
            .await
            .body
            .contains("{amount} is not a name")
    );
}

#[tokio::test]
async fn an_inbox_is_read_in_pages_and_by_its_person_alone() {
    let house = House::open().await;
    let lucia = house.person("es", &[Role::Investor]).await;
    let other = house.person("es", &[Role::Investor]).await;
    for minor in 1..=5 {
        let payout = PayoutRequested {
            user_id: lucia.id.to_string(),
            amount: usd(minor),
            ..PayoutRequested::default()
        };
        house.hear(&OfAccounting, &payout).await;
    }
    let first = house.page(&lucia, 3, "").await;
    assert_eq!((first.notices.len(), first.unread), (3, 5));
    assert!(first.notices[0].body.starts_with("0,05 USD"));
    let second = house.page(&lucia, 3, &first.next).await;
    assert_eq!((second.notices.len(), second.next.as_str()), (2, ""));
    assert!(house.page(&other, 0, "").await.notices.is_empty());

    let id = &first.notices[0].notice_id;
    assert_eq!(
        house.mark_read(&other, id).await.unwrap_err(),
        "no_such_notice"
    );
    house.mark_read(&lucia, id).await.unwrap();
    house.mark_read(&lucia, id).await.unwrap();
    let again = house.page(&lucia, 1, "").await;
    assert_eq!((again.notices[0].read, again.unread), (true, 4));
}

#[tokio::test]
async fn everything_is_marked_as_read_at_once_and_amounts_are_written_as_at_home() {
    let house = House::open().await;
    let [rosa, camila] = [house.person("es", &[]).await, house.person("es", &[]).await];
    for (person, country, amount) in [
        (&rosa, "PE", "1,234.56 USD"),
        (&camila, "CL", "1.234,56 USD"),
    ] {
        let verified = contracts::users::KycVerified {
            user_id: person.id.to_string(),
            country: country.to_owned(),
            ..Default::default()
        };
        house.hear(&OfUsers, &verified).await;
        let deposit = contracts::accounting::DepositBooked {
            transfer_id: ids::TransferId::new().to_string(),
            user_id: person.id.to_string(),
            amount: usd(123_456),
        };
        house.hear(&OfAccounting, &deposit).await;
        let body = house.newest(person).await.body;
        assert!(body.contains(amount), "{body}");
    }
    let said = contracts::users::ProfileUpdated {
        user_id: camila.id.to_string(),
        language: "en".to_owned(),
        country: String::new(),
    };
    house.hear(&OfUsers, &said).await;
    let newest = house.newest(&camila).await;
    assert_eq!(newest.subject, "Your deposit arrived");
    assert!(
        newest.body.contains("1.234,56 USD"),
        "in English, and as in Chile"
    );

    for marked in [2, 0] {
        let message = pb::MarkAllReadRequest {
            idempotency_key: marked.to_string(),
        };
        let mut inboxes = house.inboxes.clone();
        let reply = inboxes
            .mark_all_read(house.by(&camila, message))
            .await
            .unwrap();
        assert_eq!(reply.into_inner().marked, marked);
    }
    assert_eq!(house.page(&camila, 9, "").await.unread, 0);
    assert_eq!(house.page(&rosa, 9, "").await.unread, 2, "hers are hers");
}
