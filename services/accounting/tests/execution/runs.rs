//! The runs of one project one after the other (INTERIM twice, FINAL with a holdback, ADJUSTMENT):
//! every figure is that of another calculation (`e2e/model/runs.py`).

use std::collections::BTreeMap;

use authz::Role;
use contracts::accounting as pb;
use contracts::projects as told_by_projects;
use ids::ClaimId;
use link::Refusal;
use serde_json::Value;
use testkit::Person;

use crate::decisions::{agree, invoice, match_claim, pay};
use crate::house::{House, ask, code, minor, usd};
use crate::project::{Project, start, take_as};

const FACTS: &str = include_str!("../../../../e2e/model/runs.json");
const GOLDEN: &str = include_str!("../../../../e2e/model/runs.golden.json");
const KINDS: [&str; 4] = ["INTERIM", "FINAL", "ADJUSTMENT", "LIQUIDATION"];

pub async fn propose(
    house: &House,
    by: &Person,
    key: &str,
    (project, kind): (&Project, &str),
) -> Result<pb::RunView, Refusal> {
    let message = pb::ProposeRunRequest {
        idempotency_key: key.to_owned(),
        project_id: project.id.to_string(),
        kind: kind.to_owned(),
    };
    Ok(ask!(house, by, propose_run, message)?.run.unwrap())
}

pub async fn approve(
    house: &House,
    by: &Person,
    key: &str,
    run: &str,
) -> Result<pb::RunView, Refusal> {
    let message = pb::ApproveRunRequest {
        idempotency_key: key.to_owned(),
        run_id: run.to_owned(),
    };
    Ok(ask!(house, by, approve_run, message)?.run.unwrap())
}

/// The project of the facts, and what happened to it so far.
pub struct Settling {
    pub house: House,
    pub project: Project,
    pub treasurer: Person,
    pub admin: Person,
    pub people: BTreeMap<String, Person>,
    participations: BTreeMap<String, String>,
    facts: Value,
    golden: Value,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

impl Settling {
    /// In execution: nothing is paid but the platform's fee, and the goods are counted.
    pub async fn open() -> Self {
        let house = House::open().await;
        let facts: Value = serde_json::from_str(FACTS).unwrap();
        let people = list(&facts["participations"]).iter().map(|one| {
            let owns = one["owner"].as_bool().unwrap_or_default();
            let role = if owns { Role::Owner } else { Role::Investor };
            (text(&one["id"]).to_owned(), house.person(role))
        });
        let people: BTreeMap<String, Person> = people.collect();
        let [treasurer, admin] = [Role::Treasurer, Role::Admin].map(|role| house.person(role));
        let mut project = Project::new(&people["rosa"]);
        let days = i32::try_from(number(&facts["holdback_days"])).unwrap();
        project.holdback = (number(&facts["terms"]["holdback_ppm"]), days);
        house.told(&project.funding_opened()).await.unwrap();
        let mut participations = BTreeMap::new();
        for one in list(&facts["participations"]) {
            let share = match text(&one["type"]) {
                "PRODUCTS" => "PRODUCTS",
                _ => "PROFIT_ONLY",
            };
            let name = text(&one["id"]);
            let taken = Project::request(people[name].id, number(&one["amount"]), share);
            participations.insert(name.to_owned(), taken.id.to_string());
            take_as(&house, &treasurer, &mut project, &taken).await;
        }
        start(&house, &project).await;
        let products = list(&facts["products"]).iter();
        let received = told_by_projects::GoodsReceived {
            project_id: project.id.to_string(),
            products: products
                .map(|one| told_by_projects::ReceivedProduct {
                    sku: text(&one["sku"]).to_owned(),
                    ordered: number(&one["ordered"]),
                    received: number(&one["received"]),
                })
                .collect(),
            allotments: Vec::new(),
        };
        house.told(&received).await.unwrap();
        let fee = minor(project.started().platform_fee.as_ref());
        assert_eq!(fee, number(&facts["platform_fee"]));
        Self {
            house,
            project,
            treasurer,
            admin,
            people,
            participations,
            facts,
            golden: serde_json::from_str(GOLDEN).unwrap(),
        }
    }

    pub fn kind(&self, at: usize) -> &str {
        text(&self.facts["runs"][at]["kind"])
    }

    /// Everything between the run before and this one: the facts are cumulative.
    pub async fn happens(&self, at: usize) {
        let now = &self.facts["runs"][at];
        let before = at.checked_sub(1).map(|last| &self.facts["runs"][last]);
        let since = |field: &str, name: &str, place: Option<usize>| {
            let of = |run: &Value| match place {
                Some(place) => number(&run[field][name][place]),
                None => number(&run[field][name]),
            };
            of(now) - before.map_or(0, of)
        };
        let names = |field: &str| now[field].as_object().unwrap().keys().cloned();
        for line in names("recovered") {
            self.recovers(at, &line, since("recovered", &line, None))
                .await;
        }
        for line in names("paid") {
            self.pays(at, &line, since("paid", &line, None)).await;
        }
        for sku in names("sold") {
            let [units, net] = [0, 1].map(|place| since("sold", &sku, Some(place)));
            self.sells(&format!("{sku}-{at}"), (&sku, units, net)).await;
        }
        if self.kind(at) == "FINAL" {
            let completed = told_by_projects::ProjectCompleted {
                project_id: self.project.id.to_string(),
                confirmed_by: self.admin.id.to_string(),
            };
            self.house.told(&completed).await.unwrap();
        }
    }

    async fn recovers(&self, at: usize, line: &str, amount: i64) {
        let message = pb::RecordRecoveryRequest {
            idempotency_key: format!("{line}-{at}"),
            project_id: self.project.id.to_string(),
            line_name: line.to_owned(),
            amount: usd(amount),
            bank_reference: format!("REC-{line}-{at}"),
            kind: "TAX".to_owned(),
            document: String::new(),
        };
        ask!(self.house, &self.treasurer, record_recovery, message).unwrap();
    }

    async fn pays(&self, at: usize, line: &str, amount: i64) {
        if amount == 0 {
            return;
        }
        let key = format!("{line}-{at}");
        let message = pb::RequestDisbursementRequest {
            cost_kind: line.to_owned(),
            ..invoice(&self.project, &key, amount)
        };
        let owner = &self.project.owner;
        let asked = ask!(self.house, owner, request_disbursement, message).unwrap();
        let one = asked.disbursement.unwrap();
        if one.needs_agreement {
            agree(&self.house, &self.admin, &key, &one).await.unwrap();
        }
        let id = &one.disbursement_id;
        pay(&self.house, &self.treasurer, (&key, &key), id)
            .await
            .unwrap();
    }

    /// A sale that was paid; `key` is its reference at the bank.
    pub async fn sells(&self, key: &str, (sku, units, net): (&str, i64, i64)) {
        if units == 0 {
            return;
        }
        let claim = self.claims((sku, units, net)).await;
        let receipt = self.receipt(claim, net, key);
        match_claim(&self.house, &self.treasurer, &receipt, key)
            .await
            .unwrap();
    }

    pub async fn claims(&self, (sku, units, net): (&str, i64, i64)) -> ClaimId {
        let claim = ClaimId::new();
        let sale = told_by_projects::SaleReported {
            project_id: self.project.id.to_string(),
            sale_id: claim.to_string(),
            net: usd(net),
            lines: vec![told_by_projects::SaleLine {
                sku: sku.to_owned(),
                units,
                net: usd(net),
            }],
        };
        self.house.told(&sale).await.unwrap();
        claim
    }

    pub fn receipt(&self, claim: ClaimId, net: i64, reference: &str) -> pb::MatchProceedsRequest {
        pb::MatchProceedsRequest {
            idempotency_key: String::new(),
            project_id: self.project.id.to_string(),
            claim_id: claim.to_string(),
            amount: usd(net),
            bank_reference: format!("IN-{reference}"),
        }
    }

    pub async fn propose(&self, key: &str, kind: &str) -> Result<pb::RunView, Refusal> {
        propose(&self.house, &self.treasurer, key, (&self.project, kind)).await
    }

    /// Everybody's balance, and the platform's own accounts.
    pub async fn balances(&self) -> BTreeMap<String, i64> {
        let mut balances = BTreeMap::new();
        for (name, who) in &self.people {
            let message = pb::WalletRequest {
                currency: "USD".to_owned(),
                ..Default::default()
            };
            let wallet = ask!(self.house, who, wallet, message).unwrap();
            balances.insert(name.clone(), minor(wallet.balance.as_ref()));
        }
        let currency = "USD".to_owned();
        let message = pb::TrialBalanceRequest { currency };
        let trial = ask!(self.house, &self.treasurer, trial_balance, message).unwrap();
        assert!(trial.balanced);
        for one in trial.accounts.iter().filter(|one| one.kind != "WALLET") {
            let balance = minor(one.credits.as_ref()) - minor(one.debits.as_ref());
            balances.insert(one.kind.clone(), balance);
        }
        balances
    }

    /// Every line and total of a run, as it is shown and in its document.
    fn compare(&self, at: usize, run: &pb::RunView) {
        let golden = &self.golden[at];
        let document: Value = serde_json::from_str(&run.document).unwrap();
        let computed = &document["run"];
        let kind = self.kind(at);
        for theirs in list(&golden["lines"]) {
            let name = text(&theirs["participation"]);
            let id = &self.participations[name];
            let mut lines = list(&computed["lines"]).iter();
            let ours = lines.find(|line| line["participation"] == id.as_str());
            let ours = ours.unwrap();
            for (figure, expected) in theirs.as_object().unwrap() {
                if figure != "participation" {
                    let found = text(&ours[&format!("{figure}_minor")]);
                    assert_eq!(found, expected.to_string(), "{kind} {at}: {name} {figure}");
                }
            }
            let mut lines = run.lines.iter();
            let shown = lines.find(|line| line.participation_id == *id).unwrap();
            for (figure, amount) in [
                ("net", &shown.net),
                ("fee", &shown.fee),
                ("tax", &shown.tax),
            ] {
                assert_eq!(minor(amount.as_ref()), number(&theirs[figure]), "{name}");
            }
            let parts = [&shown.unspent, &shown.capital, &shown.fraction_cash];
            let parts = parts.map(|one| minor(one.as_ref())).iter().sum::<i64>();
            let given = parts + minor(shown.profit.as_ref()) - minor(shown.owner_split.as_ref());
            let gross = number(&theirs["received_before"]) + number(&theirs["gross"]);
            assert_eq!(given, gross, "{kind} {at}: {name}'s parts");
        }
        for (figure, amount) in [
            ("owner_split", &run.owner_share),
            ("held_back", &run.held_back),
            ("fee", &run.fees),
            ("tax", &run.tax),
            ("distributed", &run.distributed),
        ] {
            let found = minor(amount.as_ref());
            assert_eq!(found, number(&golden[figure]), "{kind} {at}: {figure}");
        }
        let left = text(&computed["totals"]["escrow_after_minor"]);
        assert_eq!(left, golden["escrow_after"].to_string(), "{kind} {at}");
    }

    /// What everybody has once this many runs are posted.
    async fn compare_balances(&self, runs: usize) {
        let balances = self.balances().await;
        let posted = &list(&self.golden)[..runs];
        let sum = |of: &str| posted.iter().map(|run| number(&run[of])).sum::<i64>();
        for name in self.people.keys() {
            let lines = posted.iter().flat_map(|run| list(&run["lines"]));
            let own = lines.filter(|line| line["participation"] == name.as_str());
            let net: i64 = own.map(|line| number(&line["net"])).sum();
            let split = if name == "rosa" {
                sum("owner_split")
            } else {
                0
            };
            assert_eq!(balances[name], net + split, "{name} after {runs} runs");
        }
        let fees = sum("fee") + number(&self.facts["platform_fee"]);
        assert_eq!(balances["PLATFORM_FEES"], fees);
        assert_eq!(
            balances.get("TAX_PAYABLE").copied().unwrap_or(0),
            sum("tax")
        );
        let left = balances["ESCROW_CAPITAL"] + balances["ESCROW_PROCEEDS"];
        assert_eq!(left, number(&posted[runs - 1]["escrow_after"]));
    }
}

#[tokio::test]
async fn the_runs_of_a_project_are_those_of_the_other_calculation() {
    let settling = Settling::open().await;
    let Settling { house, admin, .. } = &settling;
    for at in 0..4 {
        settling.happens(at).await;
        let kind = settling.kind(at);
        let key = |of: &str| format!("{of}-{at}");
        for other in KINDS.iter().filter(|other| **other != kind) {
            let refused = settling.propose(&key(other), other).await;
            assert_eq!(code(refused), "run_not_due", "{other} when {kind} is due");
        }
        if kind == "ADJUSTMENT" {
            let early = settling.propose(&key("early"), kind).await;
            assert_eq!(code(early), "held_back");
            let later = told_by_projects::BusinessTimeAdvanced {
                offset_s: 30 * 86_400,
            };
            house.told(&later).await.unwrap();
        }
        let before = settling.balances().await;
        let run = settling.propose(&key("k"), kind).await.unwrap();
        settling.compare(at, &run);
        let place = i32::try_from(at + 1).unwrap();
        assert_eq!((run.number, run.state.as_str()), (place, "PROPOSED"));
        assert_eq!(settling.propose(&key("k"), kind).await.unwrap(), run);
        assert_eq!(
            settling.balances().await,
            before,
            "a proposal moves nothing"
        );

        let id = &run.run_id;
        let posted = approve(house, admin, &key("a"), id).await.unwrap();
        assert_eq!(posted.state, "POSTED");
        settling.compare(at, &posted);
        settling.compare_balances(at + 1).await;
        assert_eq!(approve(house, admin, &key("a"), id).await.unwrap(), posted);
        let again = approve(house, admin, &key("b"), id).await;
        assert_eq!(code(again), "already_posted");
        settling.compare_balances(at + 1).await;
        house.escrow(&settling.treasurer, settling.project.id).await;
    }
    let more = settling.propose("more", "ADJUSTMENT").await;
    assert_eq!(code(more), "nothing_to_distribute");
    assert_eq!(house.recorded("RunPosted").await, 4);
    house.assert_sound().await;
}
