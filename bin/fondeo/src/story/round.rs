//! What can go otherwise in a round: the owner's stake, the waiting list, withdrawals, expiry, a
//! missed deadline, goods that nobody collects, and an end in the middle.

use anyhow::ensure;
use serde_json::{Value, json};

use super::funding::PARTICIPATION;
use super::player::{Outcome, Player, minor, text};
use super::scenario::{Request, Stake, Waiting};

impl Player {
    /// The owner's own part is approved by itself as soon as its money is held.
    pub(super) async fn stake(&mut self, stake: &Stake) -> anyhow::Result<Outcome> {
        let Stake {
            id,
            by,
            amount,
            key,
        } = stake.clone();
        let request = Request {
            id: id.clone(),
            by: by.clone(),
            r#type: "PROFIT_ONLY".to_owned(),
            amount: amount.clone(),
            key,
        };
        self.request(&request).await?;
        let captured = |one: &Value| one["funding"] == "CAPTURED";
        self.participation(&by, &id, captured).await?;
        let approved = self.offering(&by).await?["approved"]["amount"].clone();
        Ok(Outcome {
            answer: Some(json!({ "outcome": "CAPTURED", "approved": approved })),
            line: format!("{by} puts {amount} of their own in"),
        })
    }

    pub(super) async fn join_waiting_list(&mut self, waiting: &Waiting) -> anyhow::Result<Outcome> {
        let Waiting {
            id,
            by,
            r#type,
            amount,
            key,
            allow_partial,
        } = waiting;
        let mut input = self.request_input((by, amount, r#type), key).await?;
        input["allowPartial"] = (*allow_partial).into();
        input["joinWaitingList"] = true.into();
        let wanted = "participation { participationId state place }";
        let payload = self.must(by, "requestParticipation", input, wanted).await?;
        let one = &payload["participation"];
        self.requests
            .insert(id.clone(), text(&one["participationId"])?.to_owned());
        let place = &one["place"];
        Ok(Outcome {
            answer: Some(json!({ "outcome": one["state"], "place": place })),
            line: format!("{by} waits for room for {amount}: place {place}"),
        })
    }

    pub(super) async fn withdraw(&mut self, by: &str, request: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "participationId": self.participation_id(request)? });
        let payload = self
            .must(by, "withdrawParticipation", input, PARTICIPATION)
            .await?;
        let outcome = payload["participation"]["state"].clone();
        let released = |one: &Value| one["funding"] == "RELEASED";
        self.participation(by, request, released).await?;
        let room = self.offering(by).await?["room"]["amount"].clone();
        let line = format!("{by} withdraws {request}: room {}", text(&room)?);
        Ok(Outcome {
            answer: Some(json!({ "outcome": outcome, "room": room })),
            line,
        })
    }

    pub(super) async fn await_promoted(
        &mut self,
        by: &str,
        request: &str,
    ) -> anyhow::Result<Outcome> {
        let held = |one: &Value| one["funding"] == "HELD";
        let one = self.participation(by, request, held).await?;
        let amount = self.shown(minor(&one["amount"])?)?;
        Ok(Outcome {
            line: format!("{request} moves up from the waiting list with {amount}"),
            answer: Some(json!({ "outcome": one["funding"], "amount": amount })),
        })
    }

    pub(super) async fn await_expired(
        &mut self,
        by: &str,
        request: &str,
    ) -> anyhow::Result<Outcome> {
        let expired = |one: &Value| one["state"] == "EXPIRED" && one["funding"] == "RELEASED";
        let one = self.participation(by, request, expired).await?;
        let room = self.offering(by).await?["room"]["amount"].clone();
        let line = format!(
            "nobody decided on {request}: it expires, room {}",
            text(&room)?
        );
        Ok(Outcome {
            answer: Some(json!({ "outcome": one["state"], "room": room })),
            line,
        })
    }

    pub(super) async fn await_cancelled(&mut self) -> anyhow::Result<Outcome> {
        let owner = self.somebody("OWNER")?;
        let query = format!(
            "{{ project(id: \"{}\") {{ state cancelReason fundingOutcome \
             refunds {{ expected done }} }} }}",
            self.project
        );
        let look = (owner.as_str(), "project", query.as_str());
        let over = |project: &Value| {
            let refunds = &project["refunds"];
            project["state"] == "CANCELLED"
                && !refunds["expected"].is_null()
                && refunds["expected"] == refunds["done"]
        };
        let project = self.until("everybody is refunded", look, over).await?;
        ensure!(
            project["fundingOutcome"] == project["cancelReason"],
            "the round's outcome is another than its end: {project}"
        );
        let query = format!(
            "{{ projectParticipations(projectId: \"{}\", first: 100) {{ nodes {{ \
             state amount {{ minor }} }} }} }}",
            self.project
        );
        let all = self.ask(&owner, "projectParticipations", &query).await?;
        let all = all["nodes"].as_array().into_iter().flatten();
        let refunded = all.filter(|one| one["state"] == "REFUNDED");
        let refunded: i128 = refunded
            .map(|one| minor(&one["amount"]))
            .sum::<anyhow::Result<_>>()?;
        let (refunded, refunds) = (self.shown(refunded)?, &project["refunds"]["done"]);
        let line = format!("the deadline passed below the goal: {refunded} back to {refunds}");
        Ok(Outcome {
            answer: Some(json!({
                "outcome": project["state"],
                "code": project["cancelReason"],
                "refunded": refunded,
                "refunds": refunds,
            })),
            line,
        })
    }

    pub(super) async fn await_lapsed(
        &mut self,
        by: &str,
        request: &str,
    ) -> anyhow::Result<Outcome> {
        let id = self.participation_id(request)?;
        let query = format!(
            "{{ project(id: \"{}\") {{ allotments {{ participationId lapsed \
             units {{ sku units }} }} }} }}",
            self.project
        );
        let mine = |project: &Value| {
            let allotments = project["allotments"].as_array().into_iter().flatten();
            let mut mine = allotments.filter(|one| one["participationId"] == id.as_str());
            mine.next().cloned().unwrap_or_default()
        };
        let lapsed = |project: &Value| mine(project)["lapsed"] == true;
        let look = (by, "project", query.as_str());
        let project = self.until("the allotment lapses", look, lapsed).await?;
        let mut units = serde_json::Map::new();
        for counted in mine(&project)["units"].as_array().into_iter().flatten() {
            units.insert(text(&counted["sku"])?.to_owned(), counted["units"].clone());
        }
        let none = units.keys().map(|sku| (sku.clone(), 0)).collect();
        self.handed_over.insert(request.to_owned(), none);
        Ok(Outcome {
            answer: Some(json!({ "outcome": "LAPSED", "units": units })),
            line: format!("{by} did not collect in time: sold for {by}"),
        })
    }

    pub(super) async fn cancel(&mut self, by: &str, reason: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "projectId": self.project, "reason": reason });
        let wanted = "project { state liquidation }";
        let payload = self.must(by, "cancelProject", input, wanted).await?;
        let project = &payload["project"];
        let line = format!("{by} ends the project: {}", text(&project["state"])?);
        Ok(Outcome {
            answer: Some(json!({
                "outcome": project["state"],
                "liquidation": project["liquidation"],
            })),
            line,
        })
    }
}
