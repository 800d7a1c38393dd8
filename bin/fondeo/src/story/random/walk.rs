//! One walk: a project's life from its draft to its end, step by step, each drawn by chance.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use authz::Role;
use serde_json::Value;
use uuid::Uuid;

use super::super::api::Refused;
use super::command::{Aim, Command, Dice, Scene, next};
use super::crowd::Crowd;
use super::invariants::Paid;
use super::plan::Plan;
use super::world::World;

/// What is asked for in one's own name alone, or has others who may: nobody is the wrong person.
const FOR_ANYBODY: &[&str] = &[
    "requestParticipation",
    "handOverGoods",
    "submitKyc",
    "setPayoutAccount",
    "requestPayout",
];
/// A walk that has not ended after so many steps never will.
const STEPS_MAX: usize = 250;
/// Steps after the end, most of them refused.
const EPILOGUE: usize = 2;
const PATIENCE: Duration = Duration::from_mins(1);

/// One project's walk.
pub struct Walk {
    /// Its number in the run.
    pub number: u64,
    /// Its project, once there is one.
    pub id: Option<Uuid>,
    /// What it has done, for the reader of a failure.
    pub log: Vec<String>,
    /// So many steps.
    pub steps: usize,
    /// Whether its project had come to its end, and since how many steps.
    pub ended: Option<usize>,
    /// What it paid for its project at the bank.
    pub paid: Paid,
    /// Whether something may be left in escrow: held back, or come after the last run.
    pub may_leave: bool,
    plan: Plan,
    dice: Dice,
    terms_set: u32,
}

/// What came of a step.
pub struct Made {
    /// Which command.
    pub command: &'static Command,
    /// Where the project stood.
    pub stood: String,
    /// By somebody who may not.
    pub wrong_person: bool,
    /// Nothing, or the rule's no.
    pub refused: Option<Refused>,
    /// What the bank's balance changed by.
    pub bank: Option<(String, i64)>,
}

impl Walk {
    /// Before its first step.
    pub fn begin(seed: u64, number: u64, crowd: &Crowd) -> Self {
        let mut dice = Dice::new(seed, number);
        let plan = Plan::draw(&mut dice, crowd);
        Self {
            number,
            id: None,
            log: Vec::new(),
            steps: 0,
            ended: None,
            paid: Paid::default(),
            may_leave: plan.holds_back,
            plan,
            dice,
            terms_set: 0,
        }
    }

    /// Whether its project came to its end some steps ago.
    pub fn is_over(&mut self, world: &World) -> bool {
        let project = self.id.and_then(|id| Some((id, world.projects.get(&id)?)));
        let over =
            project.is_some_and(|(id, project)| project.is_over(world.offerings.contains_key(&id)));
        if over && self.ended.is_none() {
            self.ended = Some(self.steps);
        }
        self.ended.is_some_and(|at| self.steps >= at + EPILOGUE)
    }

    /// Makes a step; nothing where chance asks for what nobody can.
    pub async fn step(&mut self, world: &World, crowd: &Crowd) -> anyhow::Result<Option<Made>> {
        if self.steps >= STEPS_MAX {
            bail!("it does not end");
        }
        self.steps += 1;
        let scene = Scene {
            plan: &self.plan,
            id: self.id,
            terms_set: self.terms_set,
            steps: self.steps,
            tag: format!("W{}-{}", self.number, self.steps),
            world,
            crowd,
        };
        let stood = scene.stand().to_owned();
        let Some((command, mut aim)) = next(&mut self.dice, &scene) else {
            return Ok(None);
        };
        let wrong_person = !FOR_ANYBODY.contains(&command.name) && self.dice.one_in(16);
        if wrong_person {
            let others = crowd.all(Role::Investor);
            let others: Vec<_> = others.into_iter().filter(|name| *name != aim.by).collect();
            aim.by = self.dice.one(&others).context("nobody else")?.clone();
        }
        if command.name == "requestParticipation" {
            sign(&mut aim, crowd).await?;
        }
        aim.input["idempotencyKey"] = scene.tag.clone().into();
        let again = self.dice.one_in(10);
        let mut line = format!(
            "{} {stood} {}: {} {}",
            scene.tag, aim.by, command.name, aim.input
        );
        let answer = act(command, &aim, crowd)
            .await
            .with_context(|| line.clone())?;
        match &answer {
            Ok(_) => line.push_str(" -> done"),
            Err(refused) => write!(line, " -> {refused}").expect("memory"),
        }
        self.log.push(line);
        if let Ok(payload) = &answer {
            if again && let Err(refused) = act(command, &aim, crowd).await? {
                bail!("repeated with its key, it was refused: {refused}");
            }
            self.note(command.name, payload)?;
            let minor = aim.bank.as_ref().map_or(0, |(_, minor)| *minor);
            match command.name {
                "payDisbursement" => self.paid.costs -= minor,
                "recordRecovery" => self.paid.recovered += minor,
                "matchProceeds" => self.paid.receipts += minor,
                _ => {}
            }
            self.may_leave |= matches!(stood.as_str(), "SETTLED" | "LIQUIDATED")
                && matches!(
                    command.name,
                    "payAdvance" | "recordRecovery" | "matchProceeds"
                );
        }
        Ok(Some(Made {
            command,
            stood,
            wrong_person,
            bank: aim.bank.filter(|_| answer.is_ok()),
            refused: answer.err(),
        }))
    }

    fn note(&mut self, name: &str, payload: &Value) -> anyhow::Result<()> {
        match name {
            "createProject" => {
                let id = payload["project"]["projectId"].as_str();
                self.id = Some(id.context("a project without an id")?.parse()?);
            }
            "setTerms" => self.terms_set += 1,
            _ => {}
        }
        Ok(())
    }
}

/// The agreement that goes with a request; without a round there is none, and the request is
/// refused for that.
async fn sign(aim: &mut Aim, crowd: &Crowd) -> anyhow::Result<()> {
    let input = &aim.input;
    let (project, kind) = (&input["projectId"], &input["type"]);
    let (amount, currency) = (&input["amount"]["amount"], &input["amount"]["currency"]);
    let query = format!(
        "{{ participationAgreement(projectId: {project}, type: {}, amount: {{ amount: {amount}, \
         currency: {currency} }}) {{ version sha256 }} }}",
        kind.as_str().unwrap_or_default()
    );
    let token = crowd.token(&aim.by)?;
    let text = crowd
        .api
        .ask(token, "participationAgreement", &query)
        .await?;
    let or_none = |value: &Value, none: &str| value.as_str().unwrap_or(none).to_owned();
    aim.input["agreementVersion"] = or_none(&text["version"], "none").into();
    aim.input["agreementHash"] = or_none(&text["sha256"], &"0".repeat(64)).into();
    Ok(())
}

/// Asks until there is an answer: what passes, such as a platform that is just being stopped, is
/// asked again with the same key.
async fn act(
    command: &Command,
    aim: &Aim,
    crowd: &Crowd,
) -> anyhow::Result<Result<Value, Refused>> {
    let begun = Instant::now();
    let token = crowd.token(&aim.by)?;
    loop {
        let answer = crowd
            .api
            .act(token, command.name, aim.input.clone(), aim.wanted)
            .await;
        let passes = match &answer {
            Ok(Err(refused)) => {
                matches!(
                    refused.code.as_str(),
                    "conflict" | "unavailable" | "deadline_exceeded"
                )
            }
            Ok(Ok(_)) => false,
            Err(error) => format!("{error:#}").contains("\"retryable\":true"),
        };
        if !passes || begun.elapsed() > PATIENCE {
            return answer.map(|answer| answer.and_then(none_decided));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where each of several decisions was refused, the whole was.
fn none_decided(payload: Value) -> Result<Value, Refused> {
    let decided = payload["decided"].as_array().into_iter().flatten();
    let refused: Option<Vec<_>> = decided.map(|one| Refused::read(&one["refusal"])).collect();
    match refused.and_then(|all| all.into_iter().next()) {
        Some(refused) => Err(refused),
        None => Ok(payload),
    }
}

/// A rule's no says where the project stands and what would be possible there.
pub fn says_states(refused: &Refused, state: &str) -> Result<(), String> {
    let needs: &[&str] = match refused.code.as_str() {
        "illegal_transition" => &["from", "to", "needs", "possible"],
        "wrong_state" | "not_in_execution" | "terms_immutable" => &["state", "needs"],
        "not_yours_to_cancel" => &["state", "who"],
        "internal" | "unavailable" | "deadline_exceeded" | "conflict" | "malformed" => {
            return Err(format!("no rule says {}", refused.code));
        }
        _ => return Ok(()),
    };
    let named = refused.arg("from").or(refused.arg("state"));
    if named != Some(state) || needs.iter().any(|need| refused.arg(need).is_none()) {
        return Err(format!(
            "it names {named:?}, and the project is {state}: {refused}"
        ));
    }
    Ok(())
}

/// The last steps, for the reader.
pub fn shown(log: &[String], last: usize) -> impl Iterator<Item = &str> {
    log[log.len().saturating_sub(last)..]
        .iter()
        .map(String::as_str)
}
