//! `examples/story/settled.json` up to the completion: every balance and answer is the one of the
//! golden file, which an independent model made.

use std::collections::BTreeMap;

use authz::Role;
use contracts::accounting as pb;
use contracts::projects as told_by_projects;
use ids::{ClaimId, UserId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use testkit::Person;

use crate::house::{House, ask, cents, minor, usd};
use crate::project::{Project, Taken, second_person_above};

const SCENARIO: &str = include_str!("../../../../examples/story/settled.json");
const GOLDEN: &str = include_str!("../../../../examples/story/settled.golden.json");

struct Story {
    house: House,
    people: BTreeMap<String, Person>,
    project: Project,
    requests: BTreeMap<String, Taken>,
    answers: BTreeMap<u64, Value>,
}

fn text<'a>(step: &'a Value, field: &str) -> &'a str {
    step[field].as_str().unwrap_or_default()
}

impl Story {
    async fn open(scenario: &Value, golden: &Value) -> Self {
        let house = House::open().await;
        let cast = scenario["cast"].as_array().unwrap().iter();
        let people: BTreeMap<String, Person> = cast
            .map(|one| {
                let role: Role = one["roles"][0].as_str().unwrap().parse().unwrap();
                (text(one, "id").to_owned(), house.person(role))
            })
            .collect();
        let answers = golden["answers"].as_array().unwrap().iter();
        let answers = answers.map(|one| (one["step"].as_u64().unwrap(), one.clone()));
        Self {
            project: Project::new(&people["rosa"]),
            house,
            people,
            requests: BTreeMap::new(),
            answers: answers.collect(),
        }
    }

    fn person(&self, step: &Value, field: &str) -> &Person {
        &self.people[text(step, field)]
    }

    async fn play(&mut self, number: u64, step: &Value) {
        match text(step, "do") {
            "deposit" => {
                let to: UserId = self.person(step, "person").id;
                let amount = cents(text(step, "amount"));
                let reference = text(step, "bank_reference");
                let by = self.person(step, "by");
                self.house.deposit(by, to, amount, reference).await;
            }
            "open_funding" => {
                let opened = self.project.funding_opened();
                self.house.told(&opened).await.unwrap();
            }
            "request" => self.request(number, step).await,
            "approve" => {
                let one = self.requests[text(step, "request")].clone();
                let approved = self.project.take(&one);
                self.house.told(&approved).await.unwrap();
            }
            "reject" => {
                let one = &self.requests[text(step, "request")];
                let rejected = self.project.rejected(one, text(step, "reason"));
                self.house.told(&rejected).await.unwrap();
            }
            "await_seal" => {
                let sealed = self.project.sealed();
                assert_eq!(
                    minor(sealed.total.as_ref()),
                    cents(text(&self.answers[&number], "total"))
                );
                self.house.told(&sealed).await.unwrap();
            }
            "approve_project" => {
                let approved = self.project.approved(self.person(step, "by"));
                self.house.told(&approved).await.unwrap();
            }
            "start_execution" => self.house.told(&self.project.started()).await.unwrap(),
            "disburse" => self.disburse(number, step).await,
            "advance" => {
                let message = pb::PayAdvanceRequest {
                    idempotency_key: number.to_string(),
                    project_id: self.project.id.to_string(),
                    amount: usd(cents(text(step, "amount"))),
                };
                ask!(self.house, self.person(step, "by"), pay_advance, message).unwrap();
            }
            "receive" => self.receive(step).await,
            "sell" => self.sell(number, step).await,
            "recover" => self.recover(number, step).await,
            "buy_back" => self.buy_back(number, step).await,
            "complete" => {
                let completed = told_by_projects::ProjectCompleted {
                    project_id: self.project.id.to_string(),
                    confirmed_by: self.person(step, "confirmed_by").id.to_string(),
                };
                self.house.told(&completed).await.unwrap();
            }
            // No money moves, or it is another service's step.
            "verify" | "create_project" | "publish" | "hand_over" | "write_off" => {}
            other => panic!("what is `{other}`?"),
        }
    }

    /// A request that Participation lets through; what the wallet says to it is in the answer.
    async fn request(&mut self, number: u64, step: &Value) {
        let outcome = text(&self.answers[&number], "outcome").to_owned();
        if outcome == "SAME" || outcome == "REFUSED" {
            return;
        }
        let share = match text(step, "type") {
            "PRODUCTS" => "PRODUCTS",
            _ => "PROFIT_ONLY",
        };
        let amount = cents(text(step, "amount"));
        let investor = self.person(step, "by").id;
        let one = Project::request(investor, amount, share);
        let before = self.house.recorded("FundsHeld").await;
        let requested = self.project.requested(&one);
        self.house.told(&requested).await.unwrap();
        let held = self.house.recorded("FundsHeld").await - before;
        assert_eq!(held, usize::from(outcome == "HELD"), "step {number}");
        if outcome == "REJECTED" {
            let rejected = self.project.rejected(&one, "FUNDS");
            self.house.told(&rejected).await.unwrap();
        }
        self.requests.insert(text(step, "id").to_owned(), one);
    }

    async fn disburse(&self, number: u64, step: &Value) {
        let amount = cents(text(step, "amount"));
        let message = pb::RequestDisbursementRequest {
            idempotency_key: format!("request-{number}"),
            project_id: self.project.id.to_string(),
            cost_kind: text(step, "line").to_owned(),
            payee: text(step, "payee").to_owned(),
            invoice: text(step, "invoice").to_owned(),
            amount: usd(amount),
            line_name: String::new(),
            document_id: String::new(),
        };
        let owner = self.person(step, "by");
        let requested = ask!(self.house, owner, request_disbursement, message);
        let answer = &self.answers[&number];
        if text(answer, "outcome") == "REFUSED" {
            let refusal = requested.unwrap_err();
            assert_eq!(refusal.code, text(answer, "code"));
            let missing = ("missing".to_owned(), text(answer, "missing").to_owned());
            assert_eq!(refusal.args, [missing]);
            return;
        }
        let one = requested.unwrap().disbursement.unwrap();
        assert!(one.needs_agreement || amount <= second_person_above());
        let disbursement_id = one.disbursement_id;
        if one.needs_agreement {
            let message = pb::AgreeDisbursementRequest {
                idempotency_key: format!("agree-{number}"),
                disbursement_id: disbursement_id.clone(),
            };
            // Here no time passes between the steps: more comes together in the window.
            let by = &self.people["patricia"];
            ask!(self.house, by, agree_disbursement, message).unwrap();
        }
        let message = pb::PayDisbursementRequest {
            idempotency_key: format!("pay-{number}"),
            disbursement_id,
            bank_reference: format!("OUT-{number}"),
        };
        let by = self.person(step, "paid_by");
        let paid = ask!(self.house, by, pay_disbursement, message).unwrap();
        assert_eq!(paid.disbursement.unwrap().state, text(answer, "outcome"));
    }

    async fn receive(&self, step: &Value) {
        let counted = step["counted"].as_object().unwrap();
        let products = &self.project.costing.products;
        let products = products
            .iter()
            .map(|one| told_by_projects::ReceivedProduct {
                sku: one.sku.clone(),
                ordered: one.quantity.into(),
                received: counted[&one.sku].as_i64().unwrap(),
            });
        let received = told_by_projects::GoodsReceived {
            project_id: self.project.id.to_string(),
            products: products.collect(),
            allotments: Vec::new(),
        };
        self.house.told(&received).await.unwrap();
    }

    async fn sell(&self, number: u64, step: &Value) {
        let lines = step["lines"].as_array().unwrap().iter();
        let lines: Vec<_> = lines
            .map(|line| told_by_projects::SaleLine {
                sku: text(line, "sku").to_owned(),
                units: line["units"].as_i64().unwrap(),
                net: usd(cents(text(line, "net"))),
            })
            .collect();
        let net = usd(lines.iter().map(|line| minor(line.net.as_ref())).sum());
        assert_eq!(
            minor(net.as_ref()),
            cents(text(&self.answers[&number], "net"))
        );
        let claim = ClaimId::new();
        let reported = told_by_projects::SaleReported {
            project_id: self.project.id.to_string(),
            sale_id: claim.to_string(),
            net: net.clone(),
            lines,
        };
        self.house.told(&reported).await.unwrap();
        self.match_claim(claim, minor(net.as_ref()), step).await;
    }

    async fn buy_back(&self, number: u64, step: &Value) {
        let claim = ClaimId::new();
        let price = cents(text(&self.answers[&number], "net"));
        let bought = told_by_projects::StockBoughtBack {
            project_id: self.project.id.to_string(),
            closure_id: claim.to_string(),
            sku: text(step, "sku").to_owned(),
            units: step["units"].as_i64().unwrap(),
            price: usd(price),
            agreed_by: self.person(step, "agreed_by").id.to_string(),
        };
        self.house.told(&bought).await.unwrap();
        self.match_claim(claim, price, step).await;
    }

    async fn match_claim(&self, claim: ClaimId, amount: i64, step: &Value) {
        let reference = text(step, "bank_reference");
        let message = pb::MatchProceedsRequest {
            idempotency_key: reference.to_owned(),
            project_id: self.project.id.to_string(),
            claim_id: claim.to_string(),
            amount: usd(amount),
            bank_reference: reference.to_owned(),
        };
        let by = self.person(step, "matched_by");
        ask!(self.house, by, match_proceeds, message).unwrap();
    }

    async fn recover(&self, number: u64, step: &Value) {
        let message = pb::RecordRecoveryRequest {
            idempotency_key: number.to_string(),
            project_id: self.project.id.to_string(),
            line_name: text(step, "line").to_owned(),
            amount: usd(cents(text(step, "amount"))),
            bank_reference: text(step, "bank_reference").to_owned(),
            kind: "TAX".to_owned(),
            document: String::new(),
        };
        ask!(
            self.house,
            self.person(step, "by"),
            record_recovery,
            message
        )
        .unwrap();
    }

    /// Escrow once it is open, and what the bank holds.
    async fn agrees_with(&self, balance: &Value) {
        let elena = &self.people["elena"];
        let currency = "USD".to_owned();
        let message = pb::TrialBalanceRequest { currency };
        let trial = ask!(self.house, elena, trial_balance, message).unwrap();
        assert!(trial.balanced, "{balance}");
        let sum = |kind: &str| {
            let found = trial.accounts.iter().find(|one| one.kind == kind);
            found.map_or(0, |one| {
                minor(one.debits.as_ref()) - minor(one.credits.as_ref())
            })
        };
        let of = |field| cents(text(balance, field));
        assert_eq!(sum("CUSTODY_BANK"), of("custody_bank"), "{balance}");
        assert_eq!(-sum("ESCROW_CAPITAL"), of("escrow_capital"), "{balance}");
        assert_eq!(-sum("ESCROW_PROCEEDS"), of("escrow_proceeds"), "{balance}");
        if self.requests.is_empty() {
            return;
        }
        let escrow = self.house.escrow(elena, self.project.id).await;
        assert_eq!(minor(escrow.capital.as_ref()), of("escrow_capital"));
        assert_eq!(minor(escrow.proceeds.as_ref()), of("escrow_proceeds"));
        assert_eq!(minor(escrow.held.as_ref()), of("held"), "{balance}");
    }
}

#[tokio::test]
async fn escrow_is_to_the_cent_what_the_independent_model_says() {
    let scenario: Value = serde_json::from_str(SCENARIO).unwrap();
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let mut story = Story::open(&scenario, &golden).await;
    let balances = golden["balances"].as_array().unwrap();
    for (number, step) in (1..).zip(scenario["steps"].as_array().unwrap()) {
        if text(step, "do") == "propose_run" {
            break;
        }
        story.play(number, step).await;
        let balance = balances
            .iter()
            .find(|one| one["step"].as_u64() == Some(number));
        if let Some(balance) = balance {
            story.agrees_with(balance).await;
        }
    }
    the_figures_are_the_runs(&story, &golden["run"]).await;
    the_budget_is_the_models(&story, &golden["budget"]).await;
    the_snapshot_is_the_models(&story, &golden["snapshot"]).await;
    let captures = story.house.recorded("FundsCaptured").await;
    assert_eq!(captures, 6);
    assert_eq!(story.house.recorded("EscrowChanged").await, captures);
    assert_eq!(story.house.recorded("SnapshotFrozen").await, 1);
    assert_eq!(story.house.recorded("PlatformFeePosted").await, 1);
    assert_eq!(story.house.recorded("DisbursementPaid").await, 14);
    assert_eq!(story.house.recorded("ProceedsMatched").await, 4);
    assert_eq!(
        story.house.purposes(story.people["camila"].id).await,
        ["DEPOSIT", "HOLD", "RELEASE", "HOLD", "CAPTURE"]
    );
}

async fn the_figures_are_the_runs(story: &Story, run: &Value) {
    let escrow = story
        .house
        .escrow(&story.people["lucia"], story.project.id)
        .await;
    let figures = [
        (&escrow.captured, "captured"),
        (&escrow.advances, "advanced"),
        (&escrow.recovered, "recovered"),
        (&escrow.paid, "paid"),
    ];
    for (figure, field) in figures {
        assert_eq!(minor(figure.as_ref()), cents(text(run, field)), "{field}");
    }
}

async fn the_budget_is_the_models(story: &Story, expected: &Value) {
    let project_id = story.project.id.to_string();
    let message = pb::DisbursementsRequest { project_id };
    let lucia = &story.people["lucia"];
    let reply = ask!(story.house, lucia, disbursements, message).unwrap();
    let expected = expected.as_array().unwrap();
    assert_eq!(reply.budget.len(), expected.len());
    for (line, expected) in reply.budget.iter().zip(expected) {
        assert_eq!(line.cost_kind, text(expected, "line"));
        let figures = (minor(line.planned.as_ref()), minor(line.actual.as_ref()));
        let of = |field| cents(text(expected, field));
        assert_eq!(figures, (of("planned"), of("actual")), "{expected}");
    }
}

async fn the_snapshot_is_the_models(story: &Story, expected: &Value) {
    let project_id = story.project.id.to_string();
    let message = pb::SnapshotRequest {
        project_id,
        version: 0,
    };
    let martin = &story.people["martin"];
    let reply = ask!(story.house, martin, snapshot, message).unwrap();
    let hash = hex::encode(Sha256::digest(reply.canonical.as_bytes()));
    assert_eq!((reply.version, reply.hash), (1, hash));
    let frozen: Value = serde_json::from_str(&reply.canonical).unwrap();
    let goal = cents(text(expected, "goal")).to_string();
    assert_eq!(text(&frozen["goal"], "minor"), goal);
    let stakes = frozen["participations"].as_array().unwrap();
    let expected = expected["participations"].as_array().unwrap();
    assert_eq!(stakes.len(), expected.len());
    for (stake, expected) in stakes.iter().zip(expected) {
        let investor = story.people[text(expected, "investor")].id.to_string();
        assert_eq!(text(stake, "investor"), investor);
        assert_eq!(text(stake, "share"), text(expected, "type"));
        assert_eq!(text(stake, "share_of_all"), text(expected, "share"));
        let minor = cents(text(expected, "amount")).to_string();
        assert_eq!(text(&stake["amount"], "minor"), minor);
    }
}
