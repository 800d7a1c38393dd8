//! The container of the story as Projects and Participation tell of it.

use std::fmt::Write as _;

use accounting::domain::limit;
use authz::Role;
use contracts::{participation as told_by_participation, projects as told_by_projects};
use costing::{
    AllocationKey, Base, Charge, CostLine, Costing, Kind, Rate, RecoverableTaxes, Sheet, compute,
    read_sheet,
};
use ids::{ParticipationId, ProjectId, UserId};
use money::{Currency, Ppm};
use sha2::{Digest, Sha256};
use testkit::Person;
use time::{Duration, OffsetDateTime};

use crate::house::{House, usd};

const GOODS: &[u8] = include_bytes!("../../../../examples/ningbo-home-goods.csv");
const COSTS: &[u8] = include_bytes!("../../../../examples/ningbo-home-goods.costs.csv");

pub struct Project {
    pub id: ProjectId,
    pub owner: Person,
    sheet: Sheet,
    pub costing: Costing,
    pub goal_minor: i64,
    /// What the owner's stake bears first.
    pub first_loss_minor: i64,
    /// What the FINAL run keeps in escrow, in ppm, and for how many days.
    pub holdback: (i64, i32),
    taken: Vec<Taken>,
}

/// A participation from its request on.
#[derive(Clone)]
pub struct Taken {
    pub id: ParticipationId,
    pub investor: UserId,
    pub minor: i64,
    pub share: &'static str,
    approved_at: OffsetDateTime,
}

impl Project {
    pub fn new(owner: &Person) -> Self {
        let mut sheet = read_sheet(GOODS, COSTS, Currency::USD).unwrap();
        for (kind, rate) in [(Kind::Contingency, 5_000), (Kind::PlatformFee, 10_000)] {
            sheet.lines.push(CostLine {
                kind,
                name: kind.to_string(),
                charge: Charge::Rate {
                    rate: Rate::Ppm(Ppm::new(rate)),
                    base: Base::TotalBeforeFees,
                },
                allocation: AllocationKey::ByValue,
                recoverable: false,
                in_vat_base: false,
            });
        }
        let costing = compute(&sheet, Ppm::new(300_000)).unwrap();
        Self {
            id: ProjectId::new(),
            owner: owner.clone(),
            sheet,
            goal_minor: costing.goal(RecoverableTaxes::Financed).minor(),
            costing,
            first_loss_minor: 0,
            holdback: (0, 0),
            taken: Vec::new(),
        }
    }

    fn terms(&self) -> told_by_projects::Terms {
        told_by_projects::Terms {
            margin_ppm: 300_000,
            finance_recoverable: true,
            contingency_ppm: 5_000,
            platform_fee_ppm: 10_000,
            investor_share_ppm: 800_000,
            success_fee_ppm: 50_000,
            tax_withholding_ppm: 50_000,
            first_loss: usd(self.first_loss_minor),
            holdback_ppm: self.holdback.0,
            holdback_days: self.holdback.1,
            buyback_ppm: 600_000,
            collection_days: 15,
            ..Default::default()
        }
    }

    pub fn funding_opened(&self) -> told_by_projects::FundingOpened {
        told_by_projects::FundingOpened {
            project_id: self.id.to_string(),
            owner_id: self.owner.id.to_string(),
            currency: "USD".to_owned(),
            terms: Some(self.terms()),
            goal: usd(self.goal_minor),
            funding_deadline: clock::to_text(OffsetDateTime::UNIX_EPOCH + Duration::days(30)),
            name: "Ningbo".to_owned(),
        }
    }

    pub fn approved(&self, by: &Person) -> told_by_projects::ProjectApproved {
        told_by_projects::ProjectApproved {
            project_id: self.id.to_string(),
            owner_id: self.owner.id.to_string(),
            currency: "USD".to_owned(),
            jurisdiction: "PE".to_owned(),
            name: "Ningbo".to_owned(),
            terms: Some(self.terms()),
            sheet_json: serde_json::to_string(&self.sheet).unwrap(),
            costing_json: serde_json::to_string(&self.costing).unwrap(),
            goal: usd(self.goal_minor),
            seal_hash: self.sealed().list_hash,
            approved_by: by.id.to_string(),
            approved_at: clock::to_text(OffsetDateTime::UNIX_EPOCH + Duration::days(6)),
        }
    }

    /// The list of what was approved, with the hash that its receiver can make from it.
    pub fn sealed(&self) -> told_by_participation::OfferingSealed {
        let mut text = String::new();
        let mut participations = Vec::new();
        for one in &self.taken {
            let approved_at = clock::to_text(one.approved_at);
            let (id, investor, minor) = (one.id, one.investor, one.minor);
            writeln!(text, "{id}|{investor}|{minor}|{}|{approved_at}", one.share).unwrap();
            participations.push(told_by_participation::SealedParticipation {
                participation_id: one.id.to_string(),
                investor_id: one.investor.to_string(),
                amount: usd(one.minor),
                r#type: one.share.to_owned(),
                owner_stake: one.investor == self.owner.id,
                approved_at,
            });
        }
        told_by_participation::OfferingSealed {
            project_id: self.id.to_string(),
            total: usd(self.taken.iter().map(|one| one.minor).sum()),
            list_hash: hex::encode(Sha256::digest(text.as_bytes())),
            participations,
        }
    }

    pub fn started(&self) -> told_by_projects::ExecutionStarted {
        let fees = self.costing.lines.iter();
        let fee = fees.filter(|line| line.line.kind == Kind::PlatformFee);
        told_by_projects::ExecutionStarted {
            project_id: self.id.to_string(),
            platform_fee: usd(fee.map(|line| line.amount.minor()).sum()),
        }
    }

    pub fn cancelled(&self, from_state: &str) -> told_by_projects::ProjectCancelled {
        told_by_projects::ProjectCancelled {
            project_id: self.id.to_string(),
            reason: "the supplier is gone".to_owned(),
            from_state: from_state.to_owned(),
            cancelled_by: self.owner.id.to_string(),
        }
    }

    pub fn request(investor: UserId, minor: i64, share: &'static str) -> Taken {
        Taken {
            id: ParticipationId::new(),
            investor,
            minor,
            share,
            approved_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    pub fn requested(&self, one: &Taken) -> told_by_participation::ParticipationRequested {
        told_by_participation::ParticipationRequested {
            participation_id: one.id.to_string(),
            project_id: self.id.to_string(),
            investor_id: one.investor.to_string(),
            amount: usd(one.minor),
            r#type: one.share.to_owned(),
            owner_stake: false,
            decide_by: String::new(),
            ..told_by_participation::ParticipationRequested::default()
        }
    }

    /// The owner takes it: a minute after the one before.
    pub fn take(&mut self, one: &Taken) -> told_by_participation::ParticipationApproved {
        let minutes = Duration::minutes(i64::try_from(self.taken.len()).unwrap());
        let approved_at = OffsetDateTime::UNIX_EPOCH + Duration::days(1) + minutes;
        self.taken.push(Taken {
            approved_at,
            ..one.clone()
        });
        told_by_participation::ParticipationApproved {
            participation_id: one.id.to_string(),
            project_id: self.id.to_string(),
            investor_id: one.investor.to_string(),
            amount: usd(one.minor),
            r#type: one.share.to_owned(),
            approved_at: clock::to_text(approved_at),
            approved_by: self.owner.id.to_string(),
        }
    }

    pub fn rejected(
        &self,
        one: &Taken,
        reason: &str,
    ) -> told_by_participation::ParticipationRejected {
        told_by_participation::ParticipationRejected {
            participation_id: one.id.to_string(),
            project_id: self.id.to_string(),
            investor_id: one.investor.to_string(),
            reason: reason.to_owned(),
            amount: usd(one.minor),
            ..told_by_participation::ParticipationRejected::default()
        }
    }

    /// The event of each participation that was taken.
    pub fn refunds(&self) -> Vec<told_by_participation::ParticipationRefunded> {
        self.taken.iter().map(|one| self.refunded(one)).collect()
    }

    pub fn refunded(&self, one: &Taken) -> told_by_participation::ParticipationRefunded {
        told_by_participation::ParticipationRefunded {
            participation_id: one.id.to_string(),
            project_id: self.id.to_string(),
            investor_id: one.investor.to_string(),
            amount: usd(one.minor),
        }
    }
}

/// A project with one investor, everything captured; not sealed yet.
pub async fn funded(house: &House, treasurer: &Person) -> (Project, Person) {
    let mut project = Project::new(&house.person(Role::Owner));
    let investor = house.person(Role::Investor);
    house.told(&project.funding_opened()).await.unwrap();
    let goal = project.goal_minor;
    take(house, treasurer, &mut project, (investor.id, goal)).await;
    (project, investor)
}

/// Somebody's money, deposited, requested and captured.
pub async fn take(
    house: &House,
    treasurer: &Person,
    project: &mut Project,
    (investor, minor): (UserId, i64),
) {
    let one = Project::request(investor, minor, "PROFIT_ONLY");
    take_as(house, treasurer, project, &one).await;
}

/// The same of a request as it is.
pub async fn take_as(house: &House, treasurer: &Person, project: &mut Project, one: &Taken) {
    let reference = format!("BANK-{}", one.investor);
    house
        .deposit(treasurer, one.investor, one.minor, &reference)
        .await;
    house.told(&project.requested(one)).await.unwrap();
    let approved = project.take(one);
    house.told(&approved).await.unwrap();
}

/// The same, in execution.
pub async fn executing(house: &House, treasurer: &Person) -> (Project, Person) {
    let (project, investor) = funded(house, treasurer).await;
    start(house, &project).await;
    (project, investor)
}

/// Sealed, approved and begun.
pub async fn start(house: &House, project: &Project) {
    let admin = house.person(Role::Admin);
    house.told(&project.sealed()).await.unwrap();
    house.told(&project.approved(&admin)).await.unwrap();
    house.told(&project.started()).await.unwrap();
}

/// The policy's limit, in cents.
pub fn second_person_above() -> i64 {
    limit(Currency::USD).unwrap().minor()
}
