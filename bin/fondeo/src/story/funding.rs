//! The steps up to the seal: people are known, money comes in, a project is shown, shares are asked
//! for and taken.

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::player::{Outcome, Player, text};
use super::scenario::{COSTS, GOODS, Request};

pub(super) const PARTICIPATION: &str = "participation { participationId state funding reason }";

impl Player {
    pub(super) async fn verify(&mut self, by: &str, names: &[String]) -> anyhow::Result<Outcome> {
        for (at, name) in names.iter().enumerate() {
            let person = self.people.get(name)?.person.clone();
            let input = json!({
                "fullName": person.name,
                "country": person.country,
                "documentType": "NATIONAL_ID",
                "documentNumber": format!("{}-{at:06}", self.suffix),
                "birthDate": "1985-03-14",
            });
            self.must_soon(name, "submitKyc", input, "profile { kycState }")
                .await?;
            let user = self.people.get(name)?.user.clone();
            let key = format!("{}-{}-verify-{name}", self.suffix, self.number);
            let input = json!({ "idempotencyKey": key, "userId": user });
            let payload = self
                .must(by, "verifyKyc", input, "profile { kycState }")
                .await?;
            ensure!(
                payload["profile"]["kycState"] == "VERIFIED",
                "{name} is not verified: {payload}"
            );
        }
        Ok(Outcome::said(format!(
            "{by} verifies {} people",
            names.len()
        )))
    }

    pub(super) async fn deposit(
        &mut self,
        by: &str,
        person: &str,
        amount: &str,
        reference: &str,
    ) -> anyhow::Result<Outcome> {
        let user = self.people.get(person)?.user.clone();
        let input = json!({
            "userId": user,
            "amount": self.money(amount),
            "bankReference": format!("{reference}-{}", self.suffix),
        });
        let wanted = "balance { amount }";
        // Accounting hears of a new person by an event.
        let payload = self.must_soon(by, "bookDeposit", input, wanted).await?;
        ensure!(payload["balance"]["amount"] == amount, "booked: {payload}");
        Ok(Outcome::said(format!(
            "{by} books {amount} from the bank for {person}"
        )))
    }

    pub(super) async fn create_project(&mut self, by: &str) -> anyhow::Result<Outcome> {
        let project = &self.scenario.project;
        let name = format!("{} · {}", project.name, self.suffix);
        let input = json!({
            "name": name,
            "summary": "A container of home goods, bought in Ningbo and sold in Lima.",
            "riskText": project.risk_text,
            "jurisdiction": project.jurisdiction,
            "currency": self.scenario.currency,
            "goodsCsv": GOODS,
            "costsCsv": COSTS,
        });
        let payload = self
            .must(by, "createProject", input, "project { projectId state }")
            .await?;
        text(&payload["project"]["projectId"])?.clone_into(&mut self.project);
        let terms = self.terms()?;
        let input = json!({ "projectId": self.project, "terms": terms });
        let wanted = "project { totals { goal { amount } } }";
        let payload = self.must(by, "setTerms", input, wanted).await?;
        let goal = text(&payload["project"]["totals"]["goal"]["amount"])?;
        Ok(Outcome::said(format!(
            "{by} creates the project from its sheets: goal {goal}"
        )))
    }

    /// The scenario's terms by the contract's names; what the contract has no word for is checked
    /// where it shows.
    fn terms(&self) -> anyhow::Result<Value> {
        let mut terms = serde_json::Map::new();
        for (name, value) in &self.scenario.terms {
            match name.as_str() {
                "added_lines_allocation" | "delivery_paid_by" | "second_person_above" => {}
                "funding_deadline_hours" => {
                    let hours = value.as_i64().context("hours")?;
                    terms.insert("fundingDays".to_owned(), (hours / 24).into());
                }
                "min_ticket" | "max_ticket" | "products_ticket_min" | "first_loss" => {
                    let money = self.money(text(value)?);
                    terms.insert(camel(name), money);
                }
                _ => {
                    terms.insert(camel(name), value.clone());
                }
            }
        }
        terms.insert("productsAllowed".to_owned(), true.into());
        Ok(Value::Object(terms))
    }

    pub(super) async fn publish(&mut self, by: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "projectId": self.project });
        let wanted = "project { state }";
        let payload = self.must_soon(by, "publishProject", input, wanted).await?;
        Ok(Outcome::said(format!(
            "{by} publishes it: {}",
            state(&payload)?
        )))
    }

    pub(super) async fn open_funding(&mut self, by: &str) -> anyhow::Result<Outcome> {
        let input = json!({ "projectId": self.project });
        let wanted = "project { state }";
        let payload = self.must(by, "openFunding", input, wanted).await?;
        let query = self.offering_query();
        let open = |offering: &Value| offering["state"] == "OPEN";
        let look = (by, "offering", query.as_str());
        let offering = self.until("the offering is open", look, open).await?;
        let room = text(&offering["room"]["amount"])?;
        Ok(Outcome::said(format!(
            "{by} opens it: {}, room {room}",
            state(&payload)?
        )))
    }

    pub(super) async fn request(&mut self, request: &Request) -> anyhow::Result<Outcome> {
        let (by, amount, kind) = (&request.by, &request.amount, &request.r#type);
        let line = |came_of_it: &str| format!("{by} asks for {amount} {kind}: {came_of_it}");
        let input = self.request_input((by, amount, kind), &request.key).await?;
        let name = "requestParticipation";
        let is_first = self.keys.is_empty();
        let answer = if is_first {
            // That the investor is known may still be on its way.
            Ok(self.must_soon(by, name, input, PARTICIPATION).await?)
        } else {
            self.act(by, name, input, PARTICIPATION).await?
        };
        let payload = match answer {
            Ok(payload) => payload,
            Err(refused) => {
                let room = refused.arg("room").unwrap_or_default().to_owned();
                let answer = json!({ "outcome": "REFUSED", "code": refused.code, "room": room });
                let line = line(&format!("refused, {refused}"));
                return Ok(Outcome {
                    answer: Some(answer),
                    line,
                });
            }
        };
        let id = text(&payload["participation"]["participationId"])?.to_owned();
        if let Some(first) = self.keys.get(&request.key) {
            ensure!(
                self.requests.get(first) == Some(&id),
                "one key made two participations"
            );
            return Ok(Outcome {
                answer: Some(json!({ "outcome": "SAME", "request": first })),
                line: line("the same key, the same participation"),
            });
        }
        self.keys.insert(request.key.clone(), request.id.clone());
        self.requests.insert(request.id.clone(), id);
        let is_settled = |one: &Value| one["funding"] != "PENDING" && one["state"] != "WAITLISTED";
        let one = self.participation(by, &request.id, is_settled).await?;
        let room = self.offering(by).await?["room"]["amount"].clone();
        let answer = match text(&one["funding"])? {
            "HELD" => json!({ "outcome": "HELD", "room": room }),
            _ => json!({ "outcome": one["state"], "code": one["reason"], "room": room }),
        };
        let line = line(text(&one["funding"])?);
        Ok(Outcome {
            answer: Some(answer),
            line,
        })
    }

    /// What somebody who asks for a share sends: the agreement that it signs among it.
    pub(super) async fn request_input(
        &mut self,
        (by, amount, kind): (&str, &str, &str),
        key: &str,
    ) -> anyhow::Result<Value> {
        let (project, currency) = (&self.project, &self.scenario.currency);
        let query = format!(
            "{{ participationAgreement(projectId: \"{project}\", type: {kind}, \
             amount: {{ amount: \"{amount}\", currency: \"{currency}\" }}) \
             {{ version sha256 }} }}"
        );
        let agreement = self.ask(by, "participationAgreement", &query).await?;
        Ok(json!({
            "idempotencyKey": format!("{}-{key}", self.suffix),
            "projectId": self.project,
            "amount": self.money(amount),
            "type": kind,
            "agreementVersion": agreement["version"],
            "agreementHash": agreement["sha256"],
        }))
    }

    pub(super) async fn approve(&mut self, by: &str, request: &str) -> anyhow::Result<Outcome> {
        let input = json!({
            "idempotencyKey": format!("{}-approve-{request}", self.suffix),
            "participationId": self.participation_id(request)?,
        });
        self.must(by, "approveParticipation", input, PARTICIPATION)
            .await?;
        let one = self
            .participation(by, request, |one| one["funding"] == "CAPTURED")
            .await?;
        let approved = self.offering(by).await?["approved"]["amount"].clone();
        let line = format!("{by} approves {request}: {} in all", text(&approved)?);
        Ok(Outcome {
            answer: Some(json!({ "outcome": one["funding"], "approved": approved })),
            line,
        })
    }

    pub(super) async fn reject(
        &mut self,
        by: &str,
        request: &str,
        reason: &str,
    ) -> anyhow::Result<Outcome> {
        let input = json!({ "participationId": self.participation_id(request)?, "reason": reason });
        let payload = self
            .must(by, "rejectParticipation", input, PARTICIPATION)
            .await?;
        let outcome = payload["participation"]["state"].clone();
        // The owner's own words, or the platform's reason.
        let code = match payload["participation"]["reason"].as_str() {
            Some(said) if said == reason => "OWNER",
            said => said.unwrap_or("none"),
        };
        self.participation(by, request, |one| one["funding"] == "RELEASED")
            .await?;
        let offering = self.offering(by).await?;
        let room = &offering["room"]["amount"];
        let answer = json!({ "outcome": outcome, "code": code, "room": room });
        Ok(Outcome {
            answer: Some(answer),
            line: format!("{by} rejects {request}: room {}", text(room)?),
        })
    }

    pub(super) async fn await_seal(&mut self) -> anyhow::Result<Outcome> {
        let owner = self.somebody("OWNER")?;
        let query = self.offering_query();
        let sealed = |offering: &Value| offering["state"] == "SEALED";
        let look = (owner.as_str(), "offering", query.as_str());
        let offering = self.until("the list is sealed", look, sealed).await?;
        let total = offering["approved"]["amount"].clone();
        ensure!(!offering["sealHash"].is_null(), "a seal without a hash");
        let line = format!("cooling-off is over, the list is sealed: {}", text(&total)?);
        Ok(Outcome {
            answer: Some(json!({ "outcome": offering["state"], "total": total })),
            line,
        })
    }

    pub(super) async fn approve_project(&mut self, by: &str) -> anyhow::Result<Outcome> {
        self.until_project("it is ready for approval", |project| {
            project["state"] == "READY_FOR_APPROVAL" && project["sealed"] == true
        })
        .await?;
        let input = json!({ "projectId": self.project });
        let payload = self
            .must(by, "approveProject", input, "project { state }")
            .await?;
        let frozen = |project: &Value| project["snapshotVersion"] == 1;
        self.until_project("the snapshot is frozen", frozen).await?;
        let line = format!("{by} approves the project: {}, frozen", state(&payload)?);
        Ok(Outcome::said(line))
    }

    /// The participation of that name, once it is as it should be.
    pub(super) async fn participation(
        &mut self,
        by: &str,
        request: &str,
        is_so: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let id = self.participation_id(request)?;
        let query = format!(
            "{{ participation(id: \"{id}\") {{ state funding reason amount {{ minor }} }} }}"
        );
        let look = (by, "participation", query.as_str());
        self.until(&format!("the money of {request}"), look, is_so)
            .await
    }

    /// The project, once it is as it should be.
    pub(super) async fn until_project(
        &mut self,
        what: &str,
        is_so: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let owner = self.somebody("OWNER")?;
        let query = format!(
            "{{ project(id: \"{}\") {{ state liquidation sealed snapshotVersion \
             openDisbursements completionDeclared sales {{ saleId matched }} }} }}",
            self.project
        );
        let look = (owner.as_str(), "project", query.as_str());
        self.until(what, look, is_so).await
    }

    pub(super) fn participation_id(&self, request: &str) -> anyhow::Result<String> {
        match self.requests.get(request) {
            Some(id) => Ok(id.clone()),
            None => bail!("{request} was never asked for"),
        }
    }

    pub(super) async fn offering(&mut self, by: &str) -> anyhow::Result<Value> {
        let query = self.offering_query();
        self.ask(by, "offering", &query).await
    }

    fn offering_query(&self) -> String {
        format!(
            "{{ offering(projectId: \"{}\") {{ state sealHash room {{ amount }} \
             approved {{ amount }} }} }}",
            self.project
        )
    }
}

/// The state of a payload's project.
pub(super) fn state(payload: &Value) -> anyhow::Result<&str> {
    text(&payload["project"]["state"])
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (initial, rest) = word.split_at(1);
        all + &initial.to_ascii_uppercase() + rest
    })
}
