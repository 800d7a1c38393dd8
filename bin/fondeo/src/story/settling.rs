//! The last steps: costs are closed, the run is proposed by one, approved by another, and paid out.

use anyhow::ensure;
use serde_json::{Value, json};

use super::funding::state;
use super::player::{Outcome, Player, text};

impl Player {
    pub(super) async fn complete(
        &mut self,
        by: &str,
        confirmed_by: &str,
    ) -> anyhow::Result<Outcome> {
        self.until_project("everything is paid and matched", |project| {
            let mut sales = project["sales"].as_array().into_iter().flatten();
            project["openDisbursements"] == 0 && sales.all(|sale| sale["matched"] == true)
        })
        .await?;
        let input = json!({ "projectId": self.project });
        let wanted = "project { state completionDeclared }";
        self.must(by, "declareCompletion", input.clone(), wanted)
            .await?;
        // The last receipt may still be on its way to Projects.
        let payload = self
            .must_soon(confirmed_by, "confirmCompletion", input, wanted)
            .await?;
        let line = format!("{by} closes the costs, {confirmed_by} confirms");
        Ok(Outcome::said(format!("{line}: {}", state(&payload)?)))
    }

    pub(super) async fn propose_run(&mut self, by: &str) -> anyhow::Result<Outcome> {
        let query = format!("{{ project(id: \"{}\") {{ state }} }}", self.project);
        let project = self.ask(by, "project", &query).await?;
        let kind = match text(&project["state"])? {
            "CANCELLED" => "LIQUIDATION",
            _ => "FINAL",
        };
        let input = json!({ "projectId": self.project, "kind": kind });
        let wanted = "run { runId state hash distributed { amount } }";
        // That the project is completed comes from Projects by an event.
        let payload = self.must_soon(by, "proposeRun", input, wanted).await?;
        let run = &payload["run"];
        ensure!(run["state"] == "PROPOSED", "the run is {}", run["state"]);
        text(&run["runId"])?.clone_into(&mut self.run);
        let distributed = text(&run["distributed"]["amount"])?;
        Ok(Outcome::said(format!(
            "{by} proposes the {kind} run over {distributed}"
        )))
    }

    pub(super) async fn approve_run(&mut self, by: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "runId": self.run });
        let payload = self.must(by, "approveRun", input, "run { state }").await?;
        let run = &payload["run"];
        ensure!(run["state"] == "POSTED", "the run is {}", run["state"]);
        let over =
            |project: &Value| project["state"] == "SETTLED" || project["liquidation"] == "CLOSED";
        let project = self.until_project("the project is over", over).await?;
        let state = text(&project["state"])?;
        Ok(Outcome::said(format!(
            "{by} approves it: posted at once, the project is {state}"
        )))
    }

    pub(super) async fn ask_payout(
        &mut self,
        by: &str,
        amount: &str,
        account: &str,
    ) -> anyhow::Result<Outcome> {
        let country = self.people.get(by)?.person.country.clone();
        let input = json!({ "country": country, "number": account });
        let wanted = "account { masked usableFrom }";
        self.must(by, "setPayoutAccount", input, wanted).await?;
        let input = json!({ "amount": self.money(amount) });
        let wanted = "payout { payoutId state }";
        let payload = match self.act(by, "requestPayout", input, wanted).await? {
            Ok(payload) => payload,
            Err(refused) => {
                let answer = json!({ "outcome": "REFUSED", "code": refused.code });
                return Ok(Outcome {
                    answer: Some(answer),
                    line: format!("{by} asks for {amount} to be paid out: refused, {refused}"),
                });
            }
        };
        text(&payload["payout"]["payoutId"])?.clone_into(&mut self.payout);
        Ok(Outcome::said(format!(
            "{by} asks for {amount} to be paid out"
        )))
    }

    pub(super) async fn confirm_payout(
        &mut self,
        (by, agreed_by): (&str, Option<&str>),
        person: &str,
        reference: &str,
    ) -> anyhow::Result<Outcome> {
        let wanted = "payout { state }";
        if let Some(second) = agreed_by {
            let input = json!({ "payoutId": self.payout });
            self.must(second, "agreePayout", input, wanted).await?;
        }
        let input = json!({
            "payoutId": self.payout,
            "bankReference": format!("{reference}-{}", self.suffix),
        });
        let payload = self.must(by, "confirmPayout", input, wanted).await?;
        let state = &payload["payout"]["state"];
        ensure!(state == "PAID", "the payout is {state}");
        Ok(Outcome::said(format!(
            "{by} confirms that the bank paid {person}"
        )))
    }
}
