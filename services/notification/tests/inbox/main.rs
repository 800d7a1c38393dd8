//! Who is told what, in which words, once: real envelopes against a real database, read through
//! the door.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;

use authz::Role;
use contracts::EventMessage;
use contracts::accounting::{Distribution, FundsHeld, FundsRefused, PayoutRequested, RunPosted};
use contracts::auth::{RoleGranted, UserRegistered};
use contracts::journal::VerifyRequest;
use contracts::journal::journal_client::JournalClient;
use contracts::money::Money;
use contracts::notification as pb;
use contracts::notification::notification_client::NotificationClient;
use contracts::participation::{
    ParticipationApproved, ParticipationHeld, ParticipationRejected, ParticipationWithdrawn,
};
use contracts::projects::{
    ExecutionStarted, ProjectCancelled, ProjectCompleted, ProjectPublished, ProjectReadyForApproval,
};
use contracts::users::{KycRejected, KycSubmitted};
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use journal::{Apply, Envelope};
use link::{Link, Refusal};
use notification::interfaces::{OfAccounting, OfAuth, OfParticipation, OfProjects, OfUsers};
use service::Service;
use testkit::{Person, TestDatabase, TokenMaker, envelope};
use tonic::Request;

struct House {
    service: Service,
    inboxes: NotificationClient<Link>,
    maker: TokenMaker,
    tenant: TenantId,
    project: ProjectId,
    test: TestDatabase,
}

#[expect(clippy::unnecessary_wraps, reason = "as the messages have it")]
fn usd(minor: i64) -> Option<Money> {
    Some(Money {
        currency: "USD".to_owned(),
        minor,
    })
}

impl House {
    async fn open() -> Self {
        let test = TestDatabase::start("notification", &[&notification::MIGRATOR]).await;
        let maker = TokenMaker::new();
        let verifier = Arc::new(maker.verifier());
        // No mail goes out here: the postman is not started, and Auth is not there.
        let nobody = door_without_auth(&test, &verifier);
        let config = notification::Config {
            auth: nobody,
            mail: "never-written".into(),
            from: "Fondeo <no-reply@fondeo.test>".to_owned(),
        };
        let service = notification::start(test.db.clone(), verifier, config);
        Self {
            inboxes: NotificationClient::new(service.gate.near("gateway")),
            service,
            maker,
            tenant: TenantId::new(),
            project: ProjectId::new(),
            test,
        }
    }

    async fn person(&self, language: &str, roles: &[Role]) -> Person {
        let person = Person {
            tenant: self.tenant,
            id: UserId::new(),
            roles: roles.to_vec(),
        };
        let registered = UserRegistered {
            user_id: person.id.to_string(),
            roles: roles.iter().map(ToString::to_string).collect(),
            language: language.to_owned(),
        };
        self.hear(&OfAuth, &registered).await;
        person
    }

    fn by<T>(&self, person: &Person, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.maker.token(&TokenMaker::claims(person)));
        let metadata = request.metadata_mut();
        metadata.insert("authorization", bearer.parse().unwrap());
        request
    }

    /// Hears it, and once more, as after a crash.
    async fn hear<E: EventMessage>(&self, apply: &dyn Apply, event: &E) {
        self.hear_as("service:test", apply, event).await;
    }

    async fn hear_as<E: EventMessage>(&self, actor: &str, apply: &dyn Apply, event: &E) {
        let event = Envelope {
            actor: actor.to_owned(),
            ..envelope(self.tenant, event)
        };
        self.test.hear(apply, &event).await.unwrap();
        self.test.hear(apply, &event).await.unwrap();
    }

    async fn page(&self, person: &Person, first: i32, after: &str) -> pb::InboxReply {
        let message = pb::InboxRequest {
            first,
            after: after.to_owned(),
        };
        let reply = self.inboxes.clone().inbox(self.by(person, message)).await;
        reply.unwrap().into_inner()
    }

    /// What a person was told, oldest first.
    async fn told(&self, person: &Person) -> Vec<String> {
        let notices = self.page(person, 0, "").await.notices;
        notices.into_iter().rev().map(|one| one.kind).collect()
    }

    async fn newest(&self, person: &Person) -> pb::Notice {
        self.page(person, 1, "").await.notices.remove(0)
    }

    async fn mark_read(&self, person: &Person, id: &str) -> Result<(), String> {
        let message = pb::MarkReadRequest {
            notice_id: id.to_owned(),
        };
        let answer = self
            .inboxes
            .clone()
            .mark_read(self.by(person, message))
            .await;
        let code = |status| Refusal::from_status(&status).unwrap().code;
        answer.map(drop).map_err(code)
    }

    async fn findings(&self) -> Vec<String> {
        let auditor = self.person("en", &[Role::Auditor]).await;
        let mut journal = JournalClient::new(self.service.gate.near("gateway"));
        let reply = journal.verify(self.by(&auditor, VerifyRequest {})).await;
        let checks = reply.unwrap().into_inner().checks;
        checks
            .into_iter()
            .flat_map(|check| check.findings)
            .collect()
    }

    fn published(&self, owner: &Person) -> ProjectPublished {
        ProjectPublished {
            project_id: self.project.to_string(),
            owner_id: owner.id.to_string(),
            name: "Ningbo home goods".to_owned(),
            ..ProjectPublished::default()
        }
    }

    fn approved(&self, investor: &Person, minor: i64) -> ParticipationApproved {
        ParticipationApproved {
            participation_id: ParticipationId::new().to_string(),
            project_id: self.project.to_string(),
            investor_id: investor.id.to_string(),
            amount: usd(minor),
            ..ParticipationApproved::default()
        }
    }
}

/// A door with nothing of Auth behind it.
fn door_without_auth(test: &TestDatabase, verifier: &Arc<authz::Verifier>) -> Link {
    let empty = Service::new(
        test.db.clone(),
        Arc::clone(verifier),
        &[],
        tonic::service::RoutesBuilder::default(),
        Arc::new(|_| Box::pin(async { Ok(Vec::new()) })),
    );
    empty.gate.near("notification")
}

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

impl House {
    async fn switch(
        &self,
        person: &Person,
        key: &str,
        switches: &[(&str, &str, bool)],
    ) -> Result<Vec<pb::Preference>, String> {
        let switch = |(kind, channel, on): &(&str, &str, bool)| pb::Switch {
            kind: (*kind).to_owned(),
            channel: (*channel).to_owned(),
            on: *on,
        };
        let message = pb::SetNotificationPreferencesRequest {
            idempotency_key: key.to_owned(),
            switches: switches.iter().map(switch).collect(),
        };
        let mut inboxes = self.inboxes.clone();
        let answer = inboxes.set_notification_preferences(self.by(person, message));
        let code = |status| Refusal::from_status(&status).unwrap().code;
        let reply = answer.await.map_err(code)?;
        Ok(reply.into_inner().preferences)
    }

    async fn queued_mails(&self) -> i64 {
        let mut superuser = self.test.superuser_connection().await;
        sqlx::query_scalar("SELECT count(*) FROM mails")
            .fetch_one(&mut superuser)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn what_only_says_how_it_goes_can_be_switched_off_and_what_is_required_cannot() {
    let house = House::open().await;
    let rosa = house.person("es", &[Role::Owner]).await;
    let refused = house
        .switch(
            &rosa,
            "no",
            &[
                ("project_published", "MAIL", false),
                ("payout_paid", "MAIL", false),
            ],
        )
        .await;
    assert_eq!(refused.unwrap_err(), "notice_required");
    let wrong = house
        .switch(&rosa, "no", &[("weather", "MAIL", false)])
        .await;
    assert_eq!(wrong.unwrap_err(), "malformed");
    for _repeated in 0..2 {
        let off = [
            ("project_published", "INBOX", false),
            ("project_settled", "MAIL", false),
        ];
        let all = house.switch(&rosa, "off", &off).await.unwrap();
        let of = |kind: &str| all.iter().find(|one| one.kind == kind).unwrap().clone();
        assert!(!of("project_published").inbox && of("project_published").mail);
        assert!(of("payout_paid").required && of("payout_paid").mail);
    }
    house.hear(&OfProjects, &house.published(&rosa)).await;
    let project_id = house.project.to_string();
    house
        .hear(
            &OfProjects,
            &contracts::projects::ProjectSettled { project_id },
        )
        .await;
    assert_eq!(house.told(&rosa).await, ["project_settled"]);
    assert_eq!(
        house.queued_mails().await,
        1,
        "of the one that she does not read here"
    );
    let on = [("project_published", "INBOX", true)];
    let all = house.switch(&rosa, "on", &on).await.unwrap();
    assert!(all.iter().all(|one| one.inbox), "what comes from now on");
    assert_eq!(house.told(&rosa).await, ["project_settled"]);
    assert_eq!(house.findings().await, [""; 0]);
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
