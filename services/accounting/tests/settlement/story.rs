//! The story's file, step by step, as far as Accounting has a part in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use accounting::application::agree_disbursement::agree_disbursement;
use accounting::application::book_deposit::{BookDeposit, book_deposit};
use accounting::application::canonical::hash;
use accounting::application::freeze_snapshot::{offering_sealed, project_approved};
use accounting::application::fund_participation::{capture_funds, give_back, hold_funds};
use accounting::application::match_proceeds::{MatchProceeds, match_proceeds};
use accounting::application::pay_advance::pay_advance;
use accounting::application::pay_disbursement::pay_disbursement;
use accounting::application::ports::{Participating, Tx};
use accounting::application::react_to_projects::{
    claim_made, execution_started, funding_opened, goods_received, project_completed,
};
use accounting::application::record_recovery::{RecordRecovery, record_recovery};
use accounting::application::request_disbursement::{RequestDisbursement, request_disbursement};
use accounting::application::{App, ExecutionError};
use accounting::domain::{
    ApprovedProject, Claim, ClaimKind, ClaimedGoods, ProjectTerms, SealedList, SealedStake,
};
use accounting::interfaces::OfUsers;
use authz::{Actor, Role, Subject};
use contracts::EventMessage;
use contracts::accounting as pb;
use contracts::accounting::accounting_client::AccountingClient;
use contracts::money::Money as PbMoney;
use contracts::users::KycVerified;
use costing::{Base, Charge, CostLine, Costing, Kind, Rate, Sheet, compute, read_sheet};
use ids::{ClaimId, ParticipationId, ProjectId, TenantId, UserId};
use link::{Link, Refusal};
use money::{Currency, Money, Ppm};
use serde_json::Value;
use service::Service;
use settlement::ShareType;
use testkit::{Person, TestDatabase, TokenMaker, envelope};
use time::{Duration, OffsetDateTime};
use tonic::{Request, Status};

const GOODS: &[u8] = include_bytes!("../../../../examples/ningbo-home-goods.csv");
const COSTS: &[u8] = include_bytes!("../../../../examples/ningbo-home-goods.costs.csv");
const SCRIPT: &str = include_str!("../../../../examples/story/settled.json");
const GOLDEN: &str = include_str!("../../../../examples/story/settled.golden.json");

/// A good account number.
pub const CCI: (&str, &str) = ("PE", "002-193-002214477061-11");

/// The project's life in Accounting.
pub struct Story {
    pub app: App,
    pub service: Service,
    pub project: ProjectId,
    pub script: Value,
    pub golden: Value,
    pub database: TestDatabase,
    /// By their names in the story.
    pub requests: BTreeMap<String, ParticipationId>,
    people: BTreeMap<String, Person>,
    maker: TokenMaker,
    tenant: TenantId,
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub fn usd(value: &Value) -> Money {
    let minor: i64 = text(value).replace('.', "").parse().unwrap();
    Money::try_new(minor, Currency::USD).unwrap()
}

/// As messages carry it.
#[expect(clippy::unnecessary_wraps, reason = "as the messages have it")]
pub fn wire(value: &Value) -> Option<PbMoney> {
    let amount = usd(value);
    Some(PbMoney {
        currency: amount.currency().to_string(),
        minor: amount.minor(),
    })
}

pub fn code<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    Refusal::from_status(&answer.unwrap_err()).unwrap().code
}

fn units(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn share(value: &Value) -> ShareType {
    serde_json::from_value(value.clone()).unwrap()
}

impl Story {
    /// Plays it until the project is COMPLETED; the run is not proposed yet.
    pub async fn completed() -> Self {
        let database = TestDatabase::start("accounting", &[&accounting::MIGRATOR]).await;
        let script: Value = serde_json::from_str(SCRIPT).unwrap();
        let maker = TokenMaker::new();
        let store = Arc::new(database.db.clone());
        let tenant = TenantId::new();
        let person = |cast: &Value| {
            let role = |role: &Value| text(role).parse::<Role>().unwrap();
            let person = Person {
                tenant,
                id: UserId::new(),
                roles: list(&cast["roles"]).iter().map(role).collect(),
            };
            (text(&cast["id"]).to_owned(), person)
        };
        let mut story = Self {
            app: App {
                store: store.clone(),
                reads: store,
            },
            service: accounting::start(database.db.clone(), Arc::new(maker.verifier())),
            project: ProjectId::new(),
            people: list(&script["cast"]).iter().map(person).collect(),
            script,
            golden: serde_json::from_str(GOLDEN).unwrap(),
            database,
            requests: BTreeMap::new(),
            maker,
            tenant,
        };
        let steps = list(&story.script["steps"]).to_vec();
        for (at, step) in steps.iter().enumerate() {
            story.play(at, step).await;
        }
        story
    }

    async fn play(&mut self, at: usize, step: &Value) {
        match text(&step["do"]) {
            "verify" => self.verify(step).await,
            "deposit" => self.deposit(at, step).await,
            "open_funding" => self.open_funding().await,
            "request" => self.request(at, step).await,
            "approve" => self.capture(step).await,
            "reject" => self.release(step).await,
            "approve_project" => self.freeze(step).await,
            "start_execution" => self.start().await,
            "disburse" => self.disburse(at, step).await,
            "advance" => {
                let (by, amount) = (self.actor(&step["by"]), usd(&step["amount"]));
                pay_advance(&self.app, &by, key(at), self.project, amount)
                    .await
                    .unwrap();
            }
            "receive" => self.receive(step).await,
            "sell" => self.sell(at, step).await,
            "recover" => self.recover(at, step).await,
            "buy_back" => self.buy_back(at, step).await,
            "complete" => {
                let mut tx = self.begin().await;
                project_completed(&mut *tx, self.project).await.unwrap();
                tx.commit().await.unwrap();
            }
            // Other services' steps, and those that the tests take themselves.
            "create_project" | "publish" | "await_seal" | "hand_over" | "write_off"
            | "propose_run" | "approve_run" | "payout" | "confirm_payout" => {}
            unknown => panic!("the story has a new step: {unknown}"),
        }
    }

    pub fn person(&self, name: &str) -> &Person {
        &self.people[name]
    }

    pub fn client(&self) -> AccountingClient<Link> {
        AccountingClient::new(self.service.gate.near("gateway"))
    }

    /// A request with a token of this person, who signed in just now.
    pub fn ask<T>(&self, who: &Person, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.maker.token(&TokenMaker::claims(who)));
        let metadata = request.metadata_mut();
        metadata.insert("authorization", bearer.parse().unwrap());
        request
    }

    pub fn system(&self) -> Actor {
        Actor::service("accounting", self.tenant, self.project.as_uuid())
    }

    pub async fn begin(&self) -> Box<dyn Tx> {
        self.app.store.begin(&self.system()).await.unwrap()
    }

    /// The answer to a proposal of the FINAL run.
    pub async fn propose(&self, who: &str, key: &str) -> Result<pb::RunView, Status> {
        let message = pb::ProposeRunRequest {
            idempotency_key: key.to_owned(),
            project_id: self.project.to_string(),
            kind: "FINAL".to_owned(),
        };
        let request = self.ask(self.person(who), message);
        let reply = self.client().propose_run(request).await?;
        Ok(reply.into_inner().run.unwrap())
    }

    pub async fn approve(&self, who: &Person, key: &str, id: &str) -> Result<pb::RunView, Status> {
        let message = pb::ApproveRunRequest {
            idempotency_key: key.to_owned(),
            run_id: id.to_owned(),
        };
        let reply = self.client().approve_run(self.ask(who, message)).await?;
        Ok(reply.into_inner().run.unwrap())
    }

    pub async fn wallet(&self, name: &str) -> pb::WalletReply {
        let message = pb::WalletRequest {
            user_id: String::new(),
            currency: "USD".to_owned(),
        };
        let request = self.ask(self.person(name), message);
        self.client().wallet(request).await.unwrap().into_inner()
    }

    /// What moved in somebody's wallet, newest first.
    pub async fn entries(&self, name: &str) -> Vec<pb::WalletEntry> {
        let message = pb::WalletEntriesRequest {
            currency: "USD".to_owned(),
            first: 100,
            ..Default::default()
        };
        let request = self.ask(self.person(name), message);
        let page = self.client().wallet_entries(request).await.unwrap();
        page.into_inner().entries
    }

    /// Where somebody is paid out to.
    pub async fn set_account(
        &self,
        who: &str,
        (country, number): (&str, &str),
    ) -> Result<pb::PayoutAccount, Status> {
        let message = pb::SetPayoutAccountRequest {
            idempotency_key: number.to_owned(),
            country: country.to_owned(),
            number: number.to_owned(),
        };
        let request = self.ask(self.person(who), message);
        let reply = self.client().set_payout_account(request).await?;
        Ok(reply.into_inner().account.unwrap())
    }

    /// A payout that waits for the bank.
    pub async fn pay_out(&self, who: &str, amount: &str) -> pb::Payout {
        self.set_account(who, CCI).await.unwrap();
        let message = pb::RequestPayoutRequest {
            idempotency_key: amount.to_owned(),
            amount: wire(&amount.into()),
        };
        let request = self.ask(self.person(who), message);
        let reply = self.client().request_payout(request).await;
        reply.unwrap().into_inner().payout.unwrap()
    }

    /// The event as the feed of Users brings it.
    pub async fn users_say<E: EventMessage>(&self, event: &E) {
        let event = envelope(self.tenant, event);
        self.database.hear(&OfUsers, &event).await.unwrap();
    }

    pub fn actor(&self, name: &Value) -> Actor {
        let person = self.person(text(name));
        let mut actor = self.system();
        actor.subject = Subject::User(person.id);
        actor.roles.clone_from(&person.roles);
        actor
    }

    fn of(&self, request: &str) -> Participating {
        let investor = text(&step_of(&self.script, request)["by"]);
        Participating {
            participation: self.requests[request],
            project: self.project,
            investor: self.person(investor).id,
        }
    }

    fn requested(&self, request: &str) -> Money {
        usd(&step_of(&self.script, request)["amount"])
    }

    async fn verify(&self, step: &Value) {
        for name in list(&step["people"]) {
            let user = self.person(text(name)).id;
            let event = KycVerified {
                user_id: user.to_string(),
                country: "PE".to_owned(),
                valid_until: String::new(),
                verified_by: self.person(text(&step["by"])).id.to_string(),
            };
            self.users_say(&event).await;
        }
    }

    async fn deposit(&self, at: usize, step: &Value) {
        let user = self.person(text(&step["person"])).id;
        let cmd = BookDeposit {
            user: Some(user),
            amount: usd(&step["amount"]),
            bank_reference: text(&step["bank_reference"]).to_owned(),
            note: String::new(),
        };
        let by = self.actor(&step["by"]);
        book_deposit(&*self.app.store, &by, key(at), cmd)
            .await
            .unwrap();
    }

    async fn open_funding(&self) {
        let (owner, mut tx) = (self.person("rosa").id, self.begin().await);
        funding_opened(&mut *tx, self.project, owner, Currency::USD)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// What Participation refuses, or answers as before, never comes to Accounting.
    async fn request(&mut self, at: usize, step: &Value) {
        let answers = list(&self.golden["answers"]).iter();
        let outcome = answers
            .filter(|answer| answer["step"] == at + 1)
            .map(|answer| text(&answer["outcome"]).to_owned())
            .next();
        if !matches!(outcome.as_deref(), Some("HELD" | "REJECTED")) {
            return;
        }
        let name = text(&step["id"]).to_owned();
        self.requests.insert(name.clone(), ParticipationId::new());
        let mut tx = self.begin().await;
        let decide_by = tx.now() + Duration::hours(72);
        let participation = self.requests[&name];
        tx.keep_deadline(participation, decide_by).await.unwrap();
        hold_funds(&mut *tx, self.of(&name), usd(&step["amount"]))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn capture(&self, step: &Value) {
        let request = text(&step["request"]);
        let mut tx = self.begin().await;
        capture_funds(&mut *tx, self.of(request), self.requested(request))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn release(&self, step: &Value) {
        let request = text(&step["request"]);
        let mut tx = self.begin().await;
        give_back(&mut *tx, self.of(request)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The approval arrives before the list that it speaks of.
    async fn freeze(&self, step: &Value) {
        let sealed = self.sealed();
        let (sheet, costing) = self.plan();
        let terms = &self.script["terms"];
        let approved = ApprovedProject {
            project: self.project,
            owner: self.person("rosa").id,
            name: text(&self.script["project"]["name"]).to_owned(),
            jurisdiction: text(&self.script["project"]["jurisdiction"]).to_owned(),
            currency: Currency::USD,
            terms: ProjectTerms {
                settlement: settlement::Terms {
                    investor_share_ppm: ppm(&terms["investor_share_ppm"]),
                    success_fee_ppm: ppm(&terms["success_fee_ppm"]),
                    holdback_ppm: ppm(&terms["holdback_ppm"]),
                    buyback_ppm: ppm(&terms["buyback_ppm"]),
                    first_loss_minor: usd(&terms["first_loss"]).minor(),
                },
                tax_withholding_ppm: ppm(&terms["tax_withholding_ppm"]),
                finance_recoverable: true,
                holdback_days: 0,
                collection_days: 15,
            },
            sheet,
            costing,
            goal: usd(&self.golden["plan"]["goal"]),
            seal_hash: sealed.hash.clone(),
            approved_by: self.person(text(&step["by"])).id,
            approved_at: OffsetDateTime::UNIX_EPOCH + Duration::hours(146),
        };
        let mut tx = self.begin().await;
        project_approved(&mut *tx, &approved).await.unwrap();
        offering_sealed(&mut *tx, &sealed).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn sealed(&self) -> SealedList {
        let stake = |one: &Value| SealedStake {
            participation: self.requests[text(&one["request"])],
            investor: self.person(text(&one["investor"])).id,
            amount: usd(&one["amount"]),
            share: share(&one["type"]),
            owner_stake: false,
            approved_at: OffsetDateTime::UNIX_EPOCH + Duration::hours(units(&one["approval"])),
        };
        let golden = &self.golden["snapshot"];
        let participations: Vec<SealedStake> =
            list(&golden["participations"]).iter().map(stake).collect();
        let line = |one: &SealedStake| {
            let share = serde_json::to_value(one.share).unwrap();
            let at = clock::to_text(one.approved_at);
            let (id, investor, minor) = (one.participation, one.investor, one.amount.minor());
            format!("{id}|{investor}|{minor}|{}|{at}\n", text(&share))
        };
        SealedList {
            project: self.project,
            total: usd(&golden["goal"]),
            hash: hash(&participations.iter().map(line).collect::<String>()),
            participations,
        }
    }

    /// The sheet with the two lines that the terms add.
    fn plan(&self) -> (Sheet, Costing) {
        let terms = &self.script["terms"];
        let mut sheet = read_sheet(GOODS, COSTS, Currency::USD).unwrap();
        for (kind, rate) in [
            (Kind::Contingency, "contingency_ppm"),
            (Kind::PlatformFee, "platform_fee_ppm"),
        ] {
            sheet.lines.push(CostLine {
                kind,
                name: kind.to_string(),
                charge: Charge::Rate {
                    rate: Rate::Ppm(ppm(&terms[rate])),
                    base: Base::TotalBeforeFees,
                },
                allocation: serde_json::from_value(terms["added_lines_allocation"].clone())
                    .unwrap(),
                recoverable: false,
                in_vat_base: false,
            });
        }
        let costing = compute(&sheet, ppm(&terms["margin_ppm"])).unwrap();
        (sheet, costing)
    }

    async fn start(&self) {
        let fee = usd(&self.golden["plan"]["lines"]["PLATFORM_FEE"]);
        let mut tx = self.begin().await;
        execution_started(&mut *tx, self.project, fee)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// One of the disbursements is refused until the owner has paid an advance.
    async fn disburse(&self, at: usize, step: &Value) {
        let cmd = RequestDisbursement {
            project: self.project,
            cost_kind: text(&step["line"]).to_owned(),
            line_name: String::new(),
            payee: text(&step["payee"]).to_owned(),
            invoice: text(&step["invoice"]).to_owned(),
            amount: usd(&step["amount"]),
            document: None,
        };
        let by = self.actor(&step["by"]);
        let answers = list(&self.golden["answers"]).iter();
        let refused = answers
            .filter(|answer| answer["step"] == at + 1)
            .any(|answer| answer["outcome"] == "REFUSED");
        let requested = request_disbursement(&self.app, &by, key(at), cmd).await;
        if refused {
            assert!(matches!(requested, Err(ExecutionError::Disbursement(_))));
            return;
        }
        let requested = requested.unwrap();
        let id = requested.id;
        // Here no time passes between the steps: more comes together in the policy's window.
        if requested.needs_agreement {
            let second = self.actor(&"patricia".into());
            agree_disbursement(&self.app, &second, key(at), id)
                .await
                .unwrap();
        }
        let treasurer = self.actor(&step["paid_by"]);
        pay_disbursement(&self.app, &treasurer, key(at), id, &format!("OUT-{at}"))
            .await
            .unwrap();
    }

    async fn receive(&self, step: &Value) {
        let counted = step["counted"].as_object().unwrap().iter();
        let counted: Vec<(String, i64)> = counted
            .map(|(sku, received)| (sku.clone(), units(received)))
            .collect();
        let mut tx = self.begin().await;
        goods_received(&mut *tx, self.project, &counted)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn sell(&self, at: usize, step: &Value) {
        let goods = |line: &Value| ClaimedGoods {
            sku: text(&line["sku"]).to_owned(),
            units: units(&line["units"]),
            net: usd(&line["net"]),
        };
        let goods = list(&step["lines"]).iter().map(goods).collect();
        self.claim(at, step, ClaimKind::Sale, goods).await;
    }

    async fn buy_back(&self, at: usize, step: &Value) {
        let bought = list(&self.golden["goods"]).iter();
        let goods = bought.filter(|one| one["sku"] == step["sku"]);
        let goods = goods.map(|one| ClaimedGoods {
            sku: text(&step["sku"]).to_owned(),
            units: units(&step["units"]),
            net: usd(&one["buy_back"]),
        });
        self.claim(at, step, ClaimKind::BuyBack, goods.collect())
            .await;
    }

    async fn claim(&self, at: usize, step: &Value, kind: ClaimKind, goods: Vec<ClaimedGoods>) {
        let owed = Money::sum(goods.iter().map(|one| one.net), Currency::USD).unwrap();
        let id = ClaimId::new();
        let claim = Claim {
            id,
            project: self.project,
            kind,
            owed,
            goods,
            received: Money::zero(Currency::USD),
        };
        let mut tx = self.begin().await;
        claim_made(&mut *tx, claim).await.unwrap();
        tx.commit().await.unwrap();
        let cmd = MatchProceeds {
            project: self.project,
            claim: id,
            amount: owed,
            bank_reference: text(&step["bank_reference"]).to_owned(),
        };
        let treasurer = self.actor(&step["matched_by"]);
        match_proceeds(&self.app, &treasurer, key(at), cmd)
            .await
            .unwrap();
    }

    async fn recover(&self, at: usize, step: &Value) {
        let cmd = RecordRecovery {
            project: self.project,
            kind: "TAX".to_owned(),
            document: String::new(),
            line_name: text(&step["line"]).to_owned(),
            amount: usd(&step["amount"]),
            bank_reference: text(&step["bank_reference"]).to_owned(),
        };
        let by = self.actor(&step["by"]);
        record_recovery(&self.app, &by, key(at), cmd).await.unwrap();
    }
}

/// The step that asked for a participation.
fn step_of<'a>(script: &'a Value, request: &str) -> &'a Value {
    let steps = list(&script["steps"]).iter();
    let mut asked = steps.filter(|step| step["do"] == "request" && step["id"] == request);
    asked.next().unwrap()
}

fn key(at: usize) -> String {
    format!("step-{at}")
}

fn ppm(value: &Value) -> Ppm {
    serde_json::from_value(value.clone()).unwrap()
}
