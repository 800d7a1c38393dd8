//! The steps of execution: costs are paid, goods arrive, are handed over, sold, given up and bought
//! back.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::api::Refused;
use super::figures::plan_line;
use super::funding::state;
use super::player::{Outcome, Player, minor, text};
use super::scenario::{BuyBack, COSTS, Disburse, Sell};

const DISBURSEMENT: &str = "disbursement { disbursementId state needsAgreement }";
const ESCROW: &str = "escrow { holds capital { amount } proceeds { amount } }";

impl Player {
    pub(super) async fn start_execution(&mut self, by: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "projectId": self.project });
        let wanted = "project { state costLines { kind amount { minor } } }";
        let payload = self.must(by, "startExecution", input, wanted).await?;
        let fee = plan_line(&payload["project"], "PLATFORM_FEE")?;
        let query = format!(
            "{{ escrow(projectId: \"{}\") {{ paid {{ minor amount }} }} }}",
            self.project
        );
        let posted = |escrow: &Value| minor(&escrow["paid"]).is_ok_and(|paid| paid == fee);
        let look = (by, "escrow", query.as_str());
        let escrow = self.until("the platform's fee is posted", look, posted);
        let escrow = escrow.await?;
        let fee = text(&escrow["paid"]["amount"])?;
        let line = format!("{by} starts: {}, fee {fee} posted", state(&payload)?);
        Ok(Outcome::said(line))
    }

    pub(super) async fn disburse(&mut self, what: &Disburse) -> anyhow::Result<Outcome> {
        let (amount, payee) = (&what.amount, &what.payee);
        match self.paid(what).await? {
            Ok(()) => Ok(Outcome {
                answer: Some(json!({ "outcome": "PAID" })),
                line: format!("{} pays {amount} to {payee}", what.paid_by),
            }),
            Err(refused) => {
                let missing = refused.arg("missing").unwrap_or_default();
                let answer =
                    json!({ "outcome": "REFUSED", "code": refused.code, "missing": missing });
                Ok(Outcome {
                    answer: Some(answer),
                    line: format!("{} asks for {amount}: refused, {refused}", what.by),
                })
            }
        }
    }

    /// Asked for by the owner, agreed to by a second person where the rule asks for one, and only
    /// there, and paid by the treasurer.
    async fn paid(&mut self, what: &Disburse) -> anyhow::Result<Result<(), Refused>> {
        let input = json!({
            "projectId": self.project,
            "costKind": what.line,
            "lineName": line_name(&what.line)?,
            "payee": what.payee,
            "invoice": what.invoice,
            "amount": self.money(&what.amount),
        });
        let name = "requestDisbursement";
        let asked = match self.act(&what.by, name, input, DISBURSEMENT).await? {
            Ok(asked) => asked,
            Err(refused) => return Ok(Err(refused)),
        };
        let asked = &asked["disbursement"];
        let id = text(&asked["disbursementId"])?;
        ensure!(
            asked["needsAgreement"] == what.agreed_by.is_some(),
            "a second person is asked for: {}",
            asked["needsAgreement"]
        );
        if let Some(second) = &what.agreed_by {
            let input = json!({ "disbursementId": id });
            self.must(second, "agreeDisbursement", input, DISBURSEMENT)
                .await?;
        }
        let input = json!({
            "disbursementId": id,
            "bankReference": format!("{}-{}", what.id, self.suffix),
        });
        let name = "payDisbursement";
        match self.act(&what.paid_by, name, input, DISBURSEMENT).await? {
            Ok(paid) => {
                let state = &paid["disbursement"]["state"];
                ensure!(state == "PAID", "the disbursement is {state}");
                Ok(Ok(()))
            }
            Err(refused) => Ok(Err(refused)),
        }
    }

    pub(super) async fn advance(&mut self, by: &str, amount: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "projectId": self.project, "amount": self.money(amount) });
        let payload = self.must(by, "payAdvance", input, ESCROW).await?;
        adds_up(&payload)?;
        Ok(Outcome::said(format!(
            "{by} advances {amount} of their own"
        )))
    }

    pub(super) async fn receive(
        &mut self,
        by: &str,
        counted: &BTreeMap<String, i64>,
        note: &str,
    ) -> anyhow::Result<Outcome> {
        let counted: Vec<Value> = counted
            .iter()
            .map(|(sku, units)| json!({ "sku": sku, "units": units }))
            .collect();
        let input = json!({ "projectId": self.project, "counted": counted, "note": note });
        let wanted = "project { state products { sku received } }";
        self.must(by, "recordGoodsReceived", input, wanted).await?;
        Ok(Outcome::said(format!("{by} counts what arrived: {note}")))
    }

    pub(super) async fn hand_over(&mut self, by: &str, request: &str) -> anyhow::Result<Outcome> {
        let before = self.handed_over_units().await?;
        let input = json!({
            "projectId": self.project,
            "participationId": self.participation_id(request)?,
        });
        let wanted = "project { state }";
        self.must(by, "handOverGoods", input, wanted).await?;
        let mut units = self.handed_over_units().await?;
        for (sku, count) in &mut units {
            *count -= before.get(sku).copied().unwrap_or_default();
        }
        let total: i64 = units.values().sum();
        let answer = json!({ "outcome": "HANDED_OVER", "units": units });
        self.handed_over.insert(request.to_owned(), units);
        Ok(Outcome {
            answer: Some(answer),
            line: format!("{by} takes over {total} units"),
        })
    }

    async fn handed_over_units(&mut self) -> anyhow::Result<BTreeMap<String, i64>> {
        let owner = self.somebody("OWNER")?;
        let query = format!(
            "{{ project(id: \"{}\") {{ products {{ sku handedOver }} }} }}",
            self.project
        );
        let project = self.ask(&owner, "project", &query).await?;
        let mut units = BTreeMap::new();
        for product in project["products"].as_array().into_iter().flatten() {
            let count = product["handedOver"].as_i64().context("handed over")?;
            units.insert(text(&product["sku"])?.to_owned(), count);
        }
        Ok(units)
    }

    pub(super) async fn sell(&mut self, sell: &Sell) -> anyhow::Result<Outcome> {
        let lines: Vec<Value> = sell
            .lines
            .iter()
            .map(|line| {
                let net = self.money(&line.net);
                json!({ "sku": line.sku, "units": line.units, "net": net })
            })
            .collect();
        let input = json!({ "projectId": self.project, "buyer": sell.buyer, "lines": lines });
        let wanted = "saleId project { sales { saleId net { amount } } }";
        let payload = self.must(&sell.by, "reportSale", input, wanted).await?;
        let id = text(&payload["saleId"])?;
        let sales = payload["project"]["sales"].as_array();
        let sale = sales
            .into_iter()
            .flatten()
            .find(|sale| sale["saleId"] == id);
        let net = sale.context("the sale is not in its project")?["net"]["amount"].clone();
        let reference = &sell.bank_reference;
        let line = format!("{} buys for {}", sell.buyer, text(&net)?);
        self.match_proceeds(&sell.matched_by, id, text(&net)?, reference)
            .await?;
        self.until_project("the sale is matched", |project| {
            let sales = project["sales"].as_array().into_iter().flatten();
            sales.clone().count() > 0 && sales.into_iter().all(|sale| sale["matched"] == true)
        })
        .await?;
        Ok(Outcome {
            answer: Some(json!({ "outcome": "MATCHED", "net": net })),
            line,
        })
    }

    async fn match_proceeds(
        &mut self,
        by: &str,
        claim: &str,
        amount: &str,
        reference: &str,
    ) -> anyhow::Result<()> {
        let input = json!({
            "projectId": self.project,
            "claimId": claim,
            "amount": self.money(amount),
            "bankReference": format!("{reference}-{}", self.suffix),
        });
        // The claim comes from Projects by an event.
        let payload = self.must_soon(by, "matchProceeds", input, ESCROW).await?;
        adds_up(&payload)
    }

    pub(super) async fn recover(
        &mut self,
        by: &str,
        line: &str,
        amount: &str,
        reference: &str,
    ) -> anyhow::Result<Outcome> {
        let input = json!({
            "projectId": self.project,
            "kind": "TAX",
            "lineName": line_name(line)?,
            "amount": self.money(amount),
            "bankReference": format!("{reference}-{}", self.suffix),
        });
        let payload = self.must(by, "recordRecovery", input, ESCROW).await?;
        adds_up(&payload)?;
        Ok(Outcome::said(format!(
            "{by} books {amount} of {line} come back"
        )))
    }

    pub(super) async fn write_off(
        &mut self,
        (by, agreed_by): (&str, &str),
        sku: &str,
        units: i64,
        reason: &str,
    ) -> anyhow::Result<Outcome> {
        let input =
            json!({ "projectId": self.project, "sku": sku, "units": units, "reason": reason });
        let wanted = "closureId";
        let payload = self.must(by, "proposeWriteOff", input, wanted).await?;
        self.agree_closure(agreed_by, text(&payload["closureId"])?)
            .await?;
        Ok(Outcome::said(format!(
            "{by} and {agreed_by} write {units} {sku} off: {reason}"
        )))
    }

    pub(super) async fn buy_back(&mut self, what: &BuyBack) -> anyhow::Result<Outcome> {
        let (sku, units) = (&what.sku, what.units);
        let input = json!({ "projectId": self.project, "sku": sku, "units": units });
        let wanted = "closureId project { stockClosures { closureId price { amount } } }";
        let payload = self.must(&what.by, "proposeBuyBack", input, wanted).await?;
        let id = text(&payload["closureId"])?;
        let closures = payload["project"]["stockClosures"].as_array();
        let mut closures = closures.into_iter().flatten();
        let closure = closures.find(|one| one["closureId"] == id);
        let net = closure.context("the buy-back is not in its project")?["price"]["amount"].clone();
        self.agree_closure(&what.agreed_by, id).await?;
        let reference = &what.bank_reference;
        self.match_proceeds(&what.matched_by, id, text(&net)?, reference)
            .await?;
        let line = format!("{} buys {units} {sku} back for {}", what.by, text(&net)?);
        Ok(Outcome {
            answer: Some(json!({ "outcome": "MATCHED", "net": net })),
            line,
        })
    }

    async fn agree_closure(&mut self, by: &str, closure: &str) -> anyhow::Result<()> {
        let input = json!({ "projectId": self.project, "closureId": closure });
        let wanted = "project { state }";
        self.must(by, "agreeStockClosure", input, wanted).await?;
        Ok(())
    }
}

/// Both identities of the escrow must hold after every step that touches it.
fn adds_up(payload: &Value) -> anyhow::Result<()> {
    let escrow = &payload["escrow"];
    ensure!(
        escrow["holds"] == true,
        "the escrow does not add up: {escrow}"
    );
    Ok(())
}

/// The name of the cost sheet's line of that kind; the goods have none.
fn line_name(kind: &str) -> anyhow::Result<String> {
    if kind == "GOODS" {
        return Ok(String::new());
    }
    for row in COSTS.lines().skip(1) {
        let mut cells = row.split(',');
        if cells.next() == Some(kind) {
            return Ok(cells.next().context("a line without a name")?.to_owned());
        }
    }
    bail!("the cost sheet has no {kind}")
}
