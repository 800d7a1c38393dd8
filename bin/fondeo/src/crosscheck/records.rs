//! What the services say of each other, from their records alone: every approval has its money,
//! what was sealed is what was approved and paid out on, refunds are those that were asked for, and
//! nobody is ahead of what they follow.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use contracts::journal::Check;
use contracts::money::Money;
use contracts::{accounting, participation, projects};
use journal::Envelope;
use pg::Database;
use sha2::{Digest as _, Sha256};

use super::refunds::Refunds;

const PAGE: i64 = 1_000;

/// Every check over all services together.
pub async fn all(databases: &[Database]) -> Result<Vec<Check>, sqlx::Error> {
    let heads = heads(databases).await?;
    let mut checks = vec![cursors(databases, &heads).await?];
    let mut story = Story::default();
    for database in databases {
        story.read(database).await?;
    }
    checks.push(story.approvals_have_their_money());
    checks.push(story.seals_are_what_was_approved());
    checks.push(story.runs_pay_the_sealed());
    checks.push(story.refunds.are_those_asked_for());
    checks.push(check(
        "every event can be read",
        story.events,
        story.unreadable,
    ));
    Ok(checks)
}

pub(super) fn check(name: &str, examined: usize, findings: Vec<String>) -> Check {
    Check {
        name: name.to_owned(),
        findings,
        examined: i64::try_from(examined).unwrap_or(i64::MAX),
    }
}

async fn heads(databases: &[Database]) -> Result<HashMap<String, i64>, sqlx::Error> {
    let mut heads = HashMap::new();
    for database in databases {
        let (_, _, head) = journal::verify_chain(database).await?;
        heads.insert(database.service.to_owned(), head);
    }
    Ok(heads)
}

/// How many events have not reached everybody who follows them.
pub async fn under_way(databases: &[Database]) -> Result<i64, sqlx::Error> {
    let heads = heads(databases).await?;
    let mut count = 0;
    for database in databases {
        for (producer, seq) in journal::cursors(database).await? {
            count += (heads.get(&producer).copied().unwrap_or(0) - seq).max(0);
        }
    }
    Ok(count)
}

/// Read after the heads: a cursor may be behind, but an event beyond the head does not exist.
async fn cursors(
    databases: &[Database],
    heads: &HashMap<String, i64>,
) -> Result<Check, sqlx::Error> {
    let (mut examined, mut findings) = (0, Vec::new());
    for database in databases {
        for (producer, seq) in journal::cursors(database).await? {
            examined += 1;
            let head = heads.get(&producer).copied().unwrap_or(0);
            if seq > head {
                findings.push(format!(
                    "{} has applied {seq} events of {producer}, which has {head}",
                    database.service
                ));
            }
        }
    }
    let name = "no consumer is ahead of its producer";
    Ok(check(name, examined, findings))
}

pub(super) type Amount = (String, i64);

/// What the events tell about money and goods.
#[derive(Default)]
struct Story {
    events: usize,
    unreadable: Vec<String>,
    /// By participation; gone again when it was withdrawn or refunded.
    approved: BTreeMap<String, Amount>,
    /// By participation; how often, and the amount that is still in escrow.
    captured: BTreeMap<String, (usize, Amount)>,
    refunds: Refunds,
    /// By project.
    sealed: BTreeMap<String, participation::OfferingSealed>,
    /// By project: the seal and the goal that were approved.
    approvals: BTreeMap<String, (String, Option<Money>)>,
    /// Projects.
    cancelled: BTreeSet<String>,
    runs: Vec<accounting::RunPosted>,
}

impl Story {
    async fn read(&mut self, database: &Database) -> Result<(), sqlx::Error> {
        let mut after = 0;
        loop {
            let entries = journal::entries(database, after, PAGE).await?;
            let Some(last) = entries.last() else {
                return Ok(());
            };
            after = last.seq;
            for entry in &entries {
                self.events += 1;
                if let Err(why) = self.hear(database.service, entry.seq, &entry.body) {
                    let service = database.service;
                    self.unreadable
                        .push(format!("event {} of {service}: {why}", entry.seq));
                }
            }
        }
    }

    fn hear(&mut self, service: &str, seq: i64, body: &str) -> anyhow::Result<()> {
        let event = Envelope::read(seq, body)?;
        if event.ty.starts_with("fondeo.journal.") {
            return Ok(());
        }
        match service {
            "participation" => {
                self.participation(participation::Event::decode(&event.ty, &event.data)?);
            }
            "accounting" => self.accounting(accounting::Event::decode(&event.ty, &event.data)?),
            "projects" => self.projects(projects::Event::decode(&event.ty, &event.data)?),
            _ => {}
        }
        Ok(())
    }

    fn projects(&mut self, event: projects::Event) {
        use projects::Event;
        match event {
            Event::ProjectApproved(one) => {
                self.approvals
                    .insert(one.project_id, (one.seal_hash, one.goal));
            }
            Event::ProjectCancelled(one) => {
                self.cancelled.insert(one.project_id);
            }
            _ => {}
        }
    }

    fn participation(&mut self, event: participation::Event) {
        use participation::Event;
        self.refunds.participation(&event);
        match event {
            Event::ParticipationApproved(one) => {
                self.approved
                    .insert(one.participation_id, amount(one.amount));
            }
            Event::ParticipationWithdrawn(one) => {
                self.approved.remove(&one.participation_id);
            }
            Event::ParticipationRefunded(one) => {
                self.approved.remove(&one.participation_id);
            }
            Event::OfferingSealed(one) => {
                self.sealed.insert(one.project_id.clone(), one);
            }
            _ => {}
        }
    }

    fn accounting(&mut self, event: accounting::Event) {
        use accounting::Event;
        self.refunds.accounting(&event);
        match event {
            Event::FundsCaptured(one) => {
                let captured = self.captured.entry(one.participation_id).or_default();
                captured.0 += 1;
                captured.1 = amount(one.amount);
            }
            Event::FundsRefunded(one) => {
                self.captured.remove(&one.participation_id);
            }
            Event::RunPosted(run) => self.runs.push(run),
            _ => {}
        }
    }

    fn approvals_have_their_money(&self) -> Check {
        let mut findings = Vec::new();
        for (id, approved) in &self.approved {
            match self.captured.get(id) {
                Some((1, captured)) if captured == approved => {}
                Some((times, captured)) => findings.push(format!(
                    "participation {id}: approved {approved:?}, captured {times} x {captured:?}"
                )),
                None => findings.push(format!(
                    "participation {id}: approved {approved:?}, never captured"
                )),
            }
        }
        for id in self
            .captured
            .keys()
            .filter(|id| !self.approved.contains_key(*id))
        {
            findings.push(format!("participation {id}: captured, but not approved"));
        }
        let name = "every approved participation has exactly one captured transfer";
        check(name, self.approved.len() + self.captured.len(), findings)
    }

    fn seals_are_what_was_approved(&self) -> Check {
        let mut findings = Vec::new();
        for (project, sealed) in &self.sealed {
            if list_hash(&sealed.participations) != sealed.list_hash {
                findings.push(format!(
                    "project {project}: the list's hash is not that of it"
                ));
            }
            let (currency, total) = amount(sealed.total.clone());
            let mut sum = 0_i128;
            for one in &sealed.participations {
                let stake = amount(one.amount.clone());
                sum += i128::from(stake.1);
                let captured = self.captured.get(&one.participation_id).map(|at| &at.1);
                // A project that was cancelled before it began pays everything back.
                let is_over = self.cancelled.contains(project)
                    && self.refunds.gave_back(&one.participation_id, &stake);
                if captured != Some(&stake) && !is_over {
                    let id = &one.participation_id;
                    findings.push(format!("participation {id}: sealed, but not so in escrow"));
                }
            }
            if sum != i128::from(total) {
                findings.push(format!(
                    "project {project}: the list is not {total} {currency}"
                ));
            }
        }
        for (project, (seal, goal)) in &self.approvals {
            let sealed = self.sealed.get(project);
            let fits = sealed.is_some_and(|sealed| {
                sealed.list_hash == *seal && amount(sealed.total.clone()) == amount(goal.clone())
            });
            if !fits {
                findings.push(format!(
                    "project {project}: approved is not what was sealed"
                ));
            }
        }
        let name = "what was sealed is in escrow, and is what was approved";
        check(name, self.sealed.len() + self.approvals.len(), findings)
    }

    fn runs_pay_the_sealed(&self) -> Check {
        let mut findings = Vec::new();
        for run in &self.runs {
            let sealed: Vec<(&str, &str)> = self
                .sealed
                .get(&run.project_id)
                .map(|sealed| &sealed.participations[..])
                .unwrap_or_default()
                .iter()
                .map(|one| (one.participation_id.as_str(), one.investor_id.as_str()))
                .collect();
            for paid in &run.distributions {
                let payee = (paid.participation_id.as_str(), paid.investor_id.as_str());
                if !sealed.contains(&payee) {
                    let (run, id) = (&run.run_id, payee.0);
                    findings.push(format!("run {run} pays on {id}, which was not sealed"));
                }
            }
        }
        let name = "runs pay those who were sealed, and nobody else";
        check(name, self.runs.len(), findings)
    }
}

pub(super) fn amount(money: Option<Money>) -> Amount {
    money
        .map(|money| (money.currency, money.minor))
        .unwrap_or_default()
}

/// As `OfferingSealed.list_hash` is defined in the contract.
fn list_hash(list: &[participation::SealedParticipation]) -> String {
    let mut lines = String::new();
    for one in list {
        let minor = one.amount.as_ref().map_or(0, |amount| amount.minor);
        let (id, investor) = (&one.participation_id, &one.investor_id);
        let (kind, at) = (&one.r#type, &one.approved_at);
        writeln!(lines, "{id}|{investor}|{minor}|{kind}|{at}").expect("memory");
    }
    hex::encode(Sha256::digest(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_may_leave_escrow_only_when_the_project_was_cancelled() {
        let stake = Some(Money {
            currency: "USD".to_owned(),
            minor: 900,
        });
        let list = vec![participation::SealedParticipation {
            participation_id: "p".to_owned(),
            amount: stake.clone(),
            ..Default::default()
        }];
        let mut story = Story::default();
        story.participation(participation::Event::OfferingSealed(
            participation::OfferingSealed {
                project_id: "x".to_owned(),
                total: stake.clone(),
                list_hash: list_hash(&list),
                participations: list,
            },
        ));
        let captured = accounting::FundsCaptured {
            participation_id: "p".to_owned(),
            amount: stake.clone(),
            ..Default::default()
        };
        story.accounting(accounting::Event::FundsCaptured(captured));
        let findings = |story: &Story| story.seals_are_what_was_approved().findings.len();
        assert_eq!(findings(&story), 0);

        let refunded = accounting::FundsRefunded {
            participation_id: "p".to_owned(),
            amount: stake,
            ..Default::default()
        };
        story.accounting(accounting::Event::FundsRefunded(refunded));
        assert_eq!(findings(&story), 1);
        let cancelled = projects::ProjectCancelled {
            project_id: "x".to_owned(),
            ..Default::default()
        };
        story.projects(projects::Event::ProjectCancelled(cancelled));
        assert_eq!(findings(&story), 0);
    }
}
