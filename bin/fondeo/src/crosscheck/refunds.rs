//! What Participation asked to be paid back against what Accounting gave back: one by one, and as
//! the number that each closing tells.

use std::collections::BTreeMap;

use contracts::journal::Check;
use contracts::{accounting, participation};

use super::records::{Amount, amount, check};

/// The refunds of all projects, as the two services tell of them.
#[derive(Default)]
pub(super) struct Refunds {
    /// By participation: of which project, and how much.
    asked: BTreeMap<String, (String, Amount)>,
    /// By participation, each time: the amount out of escrow; none when a hold was voided.
    given: BTreeMap<String, Vec<Option<Amount>>>,
    /// By project: how many its closing tells of.
    told: BTreeMap<String, i64>,
}

impl Refunds {
    pub(super) fn participation(&mut self, event: &participation::Event) {
        use participation::Event;
        match event {
            Event::ParticipationRefunded(one) => {
                let of = (one.project_id.clone(), amount(one.amount.clone()));
                self.asked.insert(one.participation_id.clone(), of);
            }
            Event::OfferingClosed(one) => {
                *self.told.entry(one.project_id.clone()).or_default() += one.refunds;
            }
            _ => {}
        }
    }

    pub(super) fn accounting(&mut self, event: &accounting::Event) {
        use accounting::Event;
        let (id, amount) = match event {
            Event::FundsRefunded(one) => (&one.participation_id, Some(amount(one.amount.clone()))),
            Event::FundsReleased(one) => (&one.participation_id, None),
            _ => return,
        };
        self.given.entry(id.clone()).or_default().push(amount);
    }

    /// Whether all of a stake went back out of escrow, once.
    pub(super) fn gave_back(&self, id: &str, stake: &Amount) -> bool {
        self.given_to(id) == [Some(stake.clone())]
    }

    fn given_to(&self, id: &str) -> &[Option<Amount>] {
        self.given.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn are_those_asked_for(&self) -> Check {
        let mut findings = Vec::new();
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (id, (project, amount)) in &self.asked {
            let given = self.given_to(id);
            let (asked, executed) = counts.entry(project).or_default();
            *asked += 1;
            *executed += given.len();
            if !matches!(given, [None]) && !self.gave_back(id, amount) {
                findings.push(format!(
                    "participation {id}: {amount:?} was asked back once, executed was {given:?}"
                ));
            }
        }
        for (project, told) in &self.told {
            let (asked, executed) = counts.get(project.as_str()).copied().unwrap_or_default();
            if [asked, executed]
                .iter()
                .any(|count| usize::try_from(*told) != Ok(*count))
            {
                findings.push(format!(
                    "project {project}: its closing tells of {told} refunds, {asked} were asked \
                     for, Accounting executed {executed}"
                ));
            }
        }
        let name = "Accounting paid back what was asked for, once, and as often as told";
        check(name, self.asked.len() + self.told.len(), findings)
    }
}

#[cfg(test)]
mod tests {
    use contracts::EventMessage;
    use contracts::money::Money;
    use ids::{EventId, ParticipationId, ProjectId, TenantId};
    use journal::Record as _;
    use pg::Context;
    use testkit::TestDatabase;
    use tokio::sync::watch;
    use tokio_util::sync::CancellationToken;

    use crate::crosscheck::all;

    const NAME: &str = "Accounting paid back what was asked for, once, and as often as told";

    /// The records of the two, written as they write them.
    struct Two {
        participation: TestDatabase,
        accounting: TestDatabase,
        tenant: TenantId,
    }

    impl Two {
        async fn record<E: EventMessage + Sync>(&self, of: &TestDatabase, event: &E) {
            let context = Context {
                tenant: self.tenant,
                actor: format!("service:{}", of.db.service),
                correlation: EventId::new().as_uuid(),
                causation: None,
            };
            let mut uow = of.db.unit_of_work(context).await.unwrap();
            uow.record(EventId::new().as_uuid(), event).await.unwrap();
            uow.commit().await.unwrap();
        }

        /// Until everything that was written has its place.
        async fn sequenced(&self) {
            for (of, events) in [(&self.participation, 3), (&self.accounting, 2)] {
                let (head, mut seen) = watch::channel(0);
                let stop = CancellationToken::new();
                let sequencing = journal::sequence(of.db.clone(), head, stop.clone());
                let seeing = async {
                    seen.wait_for(|head| *head == events).await.unwrap();
                    stop.cancel();
                };
                tokio::join!(sequencing, seeing);
            }
        }

        async fn findings(&self) -> Vec<String> {
            let databases = [self.participation.db.clone(), self.accounting.db.clone()];
            let checks = all(&databases).await.unwrap();
            let one = checks.into_iter().find(|check| check.name == NAME).unwrap();
            assert_eq!(one.examined, 3);
            one.findings
        }

        /// Writes past the services and back, as only a superuser can; what is found between.
        async fn tampered(
            &self,
            of: &TestDatabase,
            event: &str,
            (from, to): (&str, &str),
        ) -> usize {
            let mut superuser = of.superuser_connection().await;
            let ty = format!("%.{event}");
            sqlx::raw_sql("SET session_replication_role = replica")
                .execute(&mut superuser)
                .await
                .unwrap();
            let mut found = Vec::new();
            for (from, to) in [(from, to), (to, from)] {
                let rewritten = sqlx::query(
                    "UPDATE journal SET body = replace(body, $2, $3) WHERE type LIKE $1
                         AND body LIKE '%' || $2 || '%'",
                )
                .bind(&ty)
                .bind(from)
                .bind(to)
                .execute(&mut superuser)
                .await
                .unwrap();
                assert_eq!(rewritten.rows_affected(), 1, "{event}: {from}");
                found.push(self.findings().await.len());
            }
            assert_eq!(found[1], 0, "it was put back");
            found[0]
        }
    }

    #[tokio::test]
    async fn another_number_or_amount_of_refunds_than_was_asked_for_is_found() {
        let two = Two {
            participation: TestDatabase::start("participation", &[&participation::MIGRATOR]).await,
            accounting: TestDatabase::start("accounting", &[&accounting::MIGRATOR]).await,
            tenant: TenantId::new(),
        };
        let project_id = ProjectId::new().to_string();
        let [captured, held] = [1, 2].map(|_| ParticipationId::new().to_string());
        let amount = Some(Money {
            currency: "USD".to_owned(),
            minor: 60_000,
        });
        for participation_id in [&captured, &held] {
            let asked = contracts::participation::ParticipationRefunded {
                participation_id: participation_id.clone(),
                project_id: project_id.clone(),
                amount: amount.clone(),
                ..Default::default()
            };
            two.record(&two.participation, &asked).await;
        }
        let closed = contracts::participation::OfferingClosed {
            project_id: project_id.clone(),
            reason: "OWNER".to_owned(),
            refunds: 2,
        };
        two.record(&two.participation, &closed).await;
        let refunded = contracts::accounting::FundsRefunded {
            participation_id: captured.clone(),
            project_id: project_id.clone(),
            amount,
            ..Default::default()
        };
        two.record(&two.accounting, &refunded).await;
        let released = contracts::accounting::FundsReleased {
            participation_id: held.clone(),
            project_id: project_id.clone(),
            ..Default::default()
        };
        two.record(&two.accounting, &released).await;
        two.sequenced().await;
        assert_eq!(two.findings().await, [""; 0]);

        let (of, by) = (&two.participation, &two.accounting);
        let told = (r#""refunds":"2""#, r#""refunds":"3""#);
        assert_eq!(two.tampered(of, "OfferingClosed", told).await, 1);
        let sum = (r#""minor":"60000""#, r#""minor":"59999""#);
        assert_eq!(two.tampered(by, "FundsRefunded", sum).await, 1);
        // Accounting gave one of them back twice, and the other never: both are told, and the
        // number alone would still be right.
        let whose = (held.as_str(), captured.as_str());
        assert_eq!(two.tampered(by, "FundsReleased", whose).await, 2);
        let nobody = ParticipationId::new().to_string();
        let whose = (held.as_str(), nobody.as_str());
        assert_eq!(two.tampered(by, "FundsReleased", whose).await, 2);
    }
}
