//! The stage of execution: a project that was started with some participants, and what is done
//! with its goods.

use authz::Role;
use contracts::accounting as acc;
use contracts::participation as part;
use contracts::projects as pb;
use ids::{ClaimId, EventId, ParticipationId, UserId};
use projects::interfaces::{OfAccounting, OfParticipation};
use sha2::{Digest as _, Sha256};
use testkit::Person;
use tonic::Status;

use super::stage::{GOAL, Stage, outcome, refusal, usd};

/// One participation of the sealed list, in the order of approval.
pub struct Share {
    pub goods: bool,
    pub minor: i64,
}

/// Who takes part with what.
pub struct Holder {
    pub person: Person,
    pub participation: ParticipationId,
    pub minor: i64,
    pub goods: bool,
}

/// The id that was answered, or the refusal's code.
type Answer = Result<String, String>;

fn key() -> String {
    EventId::new().to_string()
}

fn code(status: Status) -> String {
    refusal(&status).code
}

impl Stage {
    /// A project in IN_EXECUTION with these shares of it, which add up to the goal.
    pub async fn executed(&mut self, shares: &[Share]) -> (String, Vec<Holder>) {
        let project = self.funding().await;
        let mut holders = Vec::new();
        for share in shares {
            let person = self.somebody(&[Role::Investor]);
            let participation = self.request(&project, person.id, share.minor).await;
            self.take(&project, participation, share.minor).await;
            holders.push(Holder {
                person,
                participation,
                minor: share.minor,
                goods: share.goods,
            });
        }
        self.filled(&project, GOAL).await.unwrap();
        self.escrow(&project, GOAL).await;
        let sealed = seal_of(&project, &holders);
        self.hear(&OfParticipation, &sealed).await.unwrap();
        let patricia = self.patricia.clone();
        self.approve(&patricia, &project).await.unwrap();
        self.frozen(&project, 1).await;
        self.start(&project).await.unwrap();
        (project, holders)
    }

    pub async fn receive(
        &mut self,
        project: &str,
        counted: &[(&str, i64)],
        note: &str,
    ) -> Result<pb::Project, String> {
        let counted = counted.iter().map(|(sku, units)| pb::Counted {
            sku: (*sku).to_owned(),
            units: *units,
        });
        let request = pb::RecordGoodsReceivedRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
            counted: counted.collect(),
            note: note.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        outcome(self.client.record_goods_received(call).await)
    }

    pub fn sale(project: &str, key: &str, lines: &[(&str, i64, i64)]) -> pb::ReportSaleRequest {
        let lines = lines.iter().map(|(sku, units, net)| pb::SaleLine {
            sku: (*sku).to_owned(),
            units: *units,
            net: usd(*net),
        });
        pb::ReportSaleRequest {
            idempotency_key: key.to_owned(),
            project_id: project.to_owned(),
            buyer: "Tiendas Wayra".to_owned(),
            lines: lines.collect(),
        }
    }

    pub async fn sell(&mut self, project: &str, lines: &[(&str, i64, i64)]) -> Answer {
        let call = self.by(&self.rosa, Self::sale(project, &key(), lines));
        let answer = self.client.report_sale(call).await;
        answer.map(|sale| sale.into_inner().sale_id).map_err(code)
    }

    pub async fn hand_over(
        &mut self,
        who: &Person,
        project: &str,
        participation: ParticipationId,
    ) -> Result<pb::Project, String> {
        let request = pb::HandOverGoodsRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
            participation_id: participation.to_string(),
        };
        let call = self.by(who, request);
        outcome(self.client.hand_over_goods(call).await)
    }

    pub async fn write_off(&mut self, project: &str, goods: (&str, i64), reason: &str) -> Answer {
        let request = pb::ProposeWriteOffRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
            sku: goods.0.to_owned(),
            units: goods.1,
            reason: reason.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        let answer = self.client.propose_write_off(call).await;
        answer.map(|one| one.into_inner().closure_id).map_err(code)
    }

    pub async fn buy_back(&mut self, project: &str, goods: (&str, i64)) -> Answer {
        let request = pb::ProposeBuyBackRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
            sku: goods.0.to_owned(),
            units: goods.1,
        };
        let call = self.by(&self.rosa, request);
        let answer = self.client.propose_buy_back(call).await;
        answer.map(|one| one.into_inner().closure_id).map_err(code)
    }

    pub async fn agree(
        &mut self,
        who: &Person,
        project: &str,
        closure: &str,
    ) -> Result<pb::Project, String> {
        let request = pb::AgreeStockClosureRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
            closure_id: closure.to_owned(),
        };
        let call = self.by(who, request);
        outcome(self.client.agree_stock_closure(call).await)
    }

    pub async fn declare(&mut self, project: &str) -> Result<pb::Project, Status> {
        let request = pb::DeclareCompletionRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
        };
        let call = self.by(&self.rosa, request);
        let answer = self.client.declare_completion(call).await?;
        Ok(answer.into_inner().project.unwrap())
    }

    pub async fn confirm(&mut self, who: &Person, project: &str) -> Result<pb::Project, String> {
        let request = pb::ConfirmCompletionRequest {
            idempotency_key: key(),
            project_id: project.to_owned(),
        };
        let call = self.by(who, request);
        outcome(self.client.confirm_completion(call).await)
    }

    /// Accounting's word that a receipt is there.
    pub async fn matched(&self, project: &str, claim: &str) {
        let event = acc::ProceedsMatched {
            project_id: project.to_owned(),
            claim_id: claim.to_owned(),
            amount: usd(1),
            last: None,
        };
        self.hear(&OfAccounting, &event).await.unwrap();
    }

    /// A claim that Projects does not know.
    pub async fn matched_unknown(&self, project: &str) {
        self.matched(project, &ClaimId::new().to_string()).await;
    }

    pub async fn disbursement_requested(&self, project: &str) {
        let event = acc::DisbursementRequested {
            disbursement_id: key(),
            project_id: project.to_owned(),
            amount: usd(1),
            needs_agreement: false,
        };
        self.hear(&OfAccounting, &event).await.unwrap();
    }

    pub async fn disbursement_paid(&self, project: &str) {
        let event = acc::DisbursementPaid {
            disbursement_id: key(),
            project_id: project.to_owned(),
            amount: usd(1),
            paid_by: UserId::new().to_string(),
        };
        self.hear(&OfAccounting, &event).await.unwrap();
    }

    /// The project as somebody sees it.
    pub async fn shown_to(&mut self, who: &Person, project: &str) -> pb::Project {
        let request = pb::ProjectRequest {
            project_id: project.to_owned(),
        };
        let call = self.by(who, request);
        outcome(self.client.project(call).await).unwrap()
    }

    /// What the service's own check finds.
    pub async fn findings(&self) -> Vec<String> {
        let checks = projects::verify(self.database.db.clone());
        let checks = checks.await.unwrap();
        checks
            .into_iter()
            .flat_map(|check| check.findings)
            .collect()
    }
}

/// In the order of approval, a minute apart; the hash is that of Participation's contract.
fn seal_of(project: &str, holders: &[Holder]) -> part::OfferingSealed {
    let entries = holders.iter().enumerate().map(|(minute, holder)| {
        let share = if holder.goods {
            "PRODUCTS"
        } else {
            "PROFIT_ONLY"
        };
        part::SealedParticipation {
            participation_id: holder.participation.to_string(),
            investor_id: holder.person.id.to_string(),
            amount: usd(holder.minor),
            r#type: share.to_owned(),
            owner_stake: false,
            approved_at: format!("2026-01-02T03:{minute:02}:00Z"),
        }
    });
    let participations: Vec<_> = entries.collect();
    let lines = participations.iter().zip(holders).map(|(one, holder)| {
        let part::SealedParticipation {
            participation_id,
            investor_id,
            amount: _,
            r#type,
            owner_stake: _,
            approved_at,
        } = one;
        let minor = holder.minor;
        format!("{participation_id}|{investor_id}|{minor}|{type}|{approved_at}\n")
    });
    let digest: [u8; 32] = Sha256::digest(lines.collect::<String>()).into();
    part::OfferingSealed {
        project_id: project.to_owned(),
        total: usd(holders.iter().map(|holder| holder.minor).sum()),
        list_hash: hex::encode(digest),
        participations,
    }
}
