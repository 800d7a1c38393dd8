//! Who is told: whoever it concerns, once, also when news overtake those whom they concern.

use authz::Role;
use contracts::accounting::{FundsRefused, PayoutRequested};
use contracts::auth::RoleGranted;
use contracts::participation::{
    ParticipationApproved, ParticipationRejected, ParticipationWithdrawn,
};
use contracts::projects::{
    ExecutionStarted, ProjectCancelled, ProjectCompleted, ProjectReadyForApproval,
};
use contracts::users::KycSubmitted;
use ids::{ParticipationId, ProjectId};
use notification::interfaces::{OfAccounting, OfAuth, OfParticipation, OfProjects, OfUsers};
use testkit::envelope;

use crate::{House, usd};

#[tokio::test]
async fn money_that_is_not_there_is_told_once_and_by_accounting() {
    let house = House::open().await;
    let diego = house.person("es", &[Role::Investor]).await;
    let project_id = house.project.to_string();
    let refused = FundsRefused {
        project_id: project_id.clone(),
        investor_id: diego.id.to_string(),
        reason: "EXCEEDS_CREDITS".to_owned(),
        ..FundsRefused::default()
    };
    house.hear(&OfAccounting, &refused).await;
    let rejected = |reason: &str| ParticipationRejected {
        participation_id: ParticipationId::new().to_string(),
        project_id: project_id.clone(),
        investor_id: diego.id.to_string(),
        reason: reason.to_owned(),
        amount: usd(600_000),
        ..ParticipationRejected::default()
    };
    house.hear(&OfParticipation, &rejected("FUNDS")).await;
    assert_eq!(house.told(&diego).await, ["funds_refused"]);
    house
        .hear(&OfParticipation, &rejected("Too large a part"))
        .await;
    // The project's own events have not come yet: it has no name here.
    assert_eq!(
        house.newest(&diego).await.body,
        "Proyecto: el proyecto. Motivo: Too large a part. Tus 6.000,00 USD quedan libres."
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one history, told in its order")]
async fn news_that_overtake_their_readers_reach_them_and_whoever_left_is_not_told() {
    let house = House::open().await;
    let rosa = house.person("es", &[Role::Owner]).await;
    let [stays, leaves] = [
        house.person("en", &[Role::Investor]).await,
        house.person("es", &[Role::Investor]).await,
    ];
    let project_id = house.project.to_string();
    let started = ExecutionStarted {
        project_id: project_id.clone(),
        platform_fee: None,
    };
    house.hear(&OfProjects, &started).await;
    house
        .hear(&OfParticipation, &house.approved(&stays, 100_000))
        .await;
    house
        .hear(&OfParticipation, &house.approved(&stays, 50_000))
        .await;
    let second = house.approved(&leaves, 200_000);
    house.hear(&OfParticipation, &second).await;
    assert_eq!(
        house.told(&leaves).await,
        ["execution_started", "participation_approved"]
    );
    let withdrawn = ParticipationWithdrawn {
        participation_id: second.participation_id,
        project_id: project_id.clone(),
        investor_id: leaves.id.to_string(),
        was_approved: true,
        amount: usd(200_000),
        ..ParticipationWithdrawn::default()
    };
    house.hear(&OfParticipation, &withdrawn).await;
    let completed = ProjectCompleted {
        project_id: project_id.clone(),
        ..ProjectCompleted::default()
    };
    house.hear(&OfProjects, &completed).await;
    let cancelled = ProjectCancelled {
        project_id: ProjectId::new().to_string(),
        reason: "Of another project".to_owned(),
        ..ProjectCancelled::default()
    };
    house.hear(&OfProjects, &cancelled).await;
    house.hear(&OfProjects, &house.published(&rosa)).await;
    assert_eq!(
        house.told(&stays).await,
        [
            "execution_started",
            "participation_approved",
            "participation_approved",
            "project_completed"
        ]
    );
    assert_eq!(
        house.told(&leaves).await,
        [
            "execution_started",
            "participation_approved",
            "participation_withdrawn"
        ]
    );
    let mut rosas = house.told(&rosa).await;
    rosas.sort();
    assert_eq!(
        rosas,
        [
            "execution_started",
            "participation_withdrawn",
            "project_completed",
            "project_published"
        ]
    );
    assert_eq!(house.findings().await, [""; 0]);

    let mut superuser = house.test.superuser_connection().await;
    sqlx::raw_sql("DELETE FROM mails; DELETE FROM notices WHERE kind = 'project_completed'")
        .execute(&mut superuser)
        .await
        .unwrap();
    assert_eq!(
        house.findings().await.len(),
        2,
        "the owner's and the investor's are gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn news_and_whom_they_concern_heard_at_once_still_meet() {
    let house = House::open().await;
    let investor = house.person("en", &[Role::Investor]).await;
    for _ in 0..60 {
        let project_id = ProjectId::new().to_string();
        let cancelled = ProjectCancelled {
            project_id: project_id.clone(),
            reason: "The supplier is gone".to_owned(),
            ..ProjectCancelled::default()
        };
        let approved = ParticipationApproved {
            project_id,
            ..house.approved(&investor, 100_000)
        };
        let (cancelled, approved) = (
            envelope(house.tenant, &cancelled),
            envelope(house.tenant, &approved),
        );
        let (news, seat) = tokio::join!(
            house.test.hear(&OfProjects, &cancelled),
            house.test.hear(&OfParticipation, &approved),
        );
        news.and(seat).unwrap();
    }
    assert_eq!(house.findings().await, [""; 0]);
}

#[tokio::test]
async fn what_waits_is_told_to_those_whose_work_it_is_but_not_to_who_caused_it() {
    let house = House::open().await;
    let patricia = house.person("es", &[Role::Admin]).await;
    let andres = house.person("en", &[]).await;
    let granted = RoleGranted {
        user_id: andres.id.to_string(),
        role: "ADMIN".to_owned(),
        ..RoleGranted::default()
    };
    house.hear(&OfAuth, &granted).await;
    let elena = house.person("es", &[Role::Treasurer]).await;
    let submitted = KycSubmitted {
        user_id: patricia.id.to_string(),
    };
    let herself = format!("user:{}", patricia.id);
    house.hear_as(&herself, &OfUsers, &submitted).await;
    let ready = ProjectReadyForApproval {
        project_id: house.project.to_string(),
    };
    house.hear(&OfProjects, &ready).await;
    let payout = PayoutRequested {
        user_id: andres.id.to_string(),
        amount: usd(2_000_000),
        ..PayoutRequested::default()
    };
    house.hear(&OfAccounting, &payout).await;
    assert_eq!(house.told(&patricia).await, ["project_ready_for_approval"]);
    assert_eq!(
        house.told(&andres).await,
        [
            "kyc_submitted",
            "project_ready_for_approval",
            "payout_requested"
        ]
    );
    assert_eq!(house.told(&elena).await, ["payout_to_pay"]);
}
