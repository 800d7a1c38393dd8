//! What can be switched off, and what cannot.

use authz::Role;
use contracts::notification as pb;
use link::Refusal;
use notification::interfaces::OfProjects;
use testkit::Person;

use crate::House;

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
